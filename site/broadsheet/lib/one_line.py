"""What an error says, as one line of a report."""


def one_line(error: object) -> str:
    """Of a database's error what the driver said: without the statement, and so without what people wrote."""
    return " ".join(str(getattr(error, "orig", None) or error).split())
