"""What an error says, as one line of a report."""

BRIEF = 200  # characters


def one_line(error: object) -> str:
    """Of a database's error what the driver said: without the statement, and so without what people wrote; of
    MariaDB's without the number before it."""
    said = getattr(error, "orig", None)
    if said is None:
        return " ".join(str(error).split())
    is_numbered = len(said.args) == 2 and isinstance(said.args[0], int)
    return " ".join(str(said.args[1] if is_numbered else said).split())


def brief(error: object) -> str:
    """What others say, who may be nobody's friends: a short line, of what can be seen."""
    said = "".join(character for character in one_line(error) if character.isprintable())
    return said if len(said) <= BRIEF else f"{said[: BRIEF - 1]}…"
