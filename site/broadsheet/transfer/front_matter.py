"""What stands above the text of a Markdown file: TOML between `+++`, YAML between `---`, or a JSON object."""

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

_FENCE = re.compile(r"(?P<mark>\+\+\+|---)[ \t]*(?:\n|\Z)")
_CLOSING = {
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_TOML_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")


# What a few lines may say is bounded, as they may say it many times over: who imports a blog need not have
# written it. A post's front matter has some hundred characters, a few levels, and hardly ever an alias.
LONGEST = 100_000
DEEPEST = 50
MOST_ALIASES = 100
LARGEST = 10_000  # bits of a number: 3,000 digits
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*"|'[^'\n]*')[ \t]*+\.[ \t]*+){50}""")  # DEEPEST


class FrontMatterError(ValueError):
    """It cannot be read; `line` counts from the first line of the file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Text:
    """A Markdown file: the values of its front matter, and the text below it."""

    body: str
    values: dict[str, Any] = field(default_factory=dict)


def split(text: str) -> Text:
    """Takes a file's text apart; one without front matter is all body. Raises FrontMatterError."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if opening := _FENCE.match(text):
        return _fenced(text, opening)
    if re.match(r"\{\s*[\"}]", text):
        return _json(text)
    return Text(text)


def _fenced(text: str, opening: re.Match[str]) -> Text:
    mark = opening["mark"]
    closing = _CLOSING[mark].search(text, opening.end())
    if closing is None:
        if mark == "---" and not re.match(r"[\w\"'-]+\s*:", text[opening.end() :]):
            return Text(text)  # a rule across the page
        raise FrontMatterError(1, f"the front matter that begins here is not closed by {mark}")
    source = text[opening.end() : closing.start()]
    if len(source) > LONGEST:
        raise FrontMatterError(1, f"the front matter has more than {LONGEST:,} characters")
    values = _toml(source) if mark == "+++" else _yaml(source)
    if values is None:
        return Text(text)
    _look_at_numbers(values)
    return Text(text[closing.end() :], values)


def _look_at_numbers(values: Any) -> None:
    """One in hexadecimal may be too large to be written in decimal. Raises FrontMatterError."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list | tuple | set):
            waiting += value
        elif isinstance(value, int) and value.bit_length() > LARGEST:
            raise FrontMatterError(1, "a number has too many digits")


def _toml(source: str) -> dict[str, Any]:
    if key := _LONG_KEY.search(source):
        raise FrontMatterError(source.count("\n", 0, key.start()) + 2, "this is nested too deeply")
    try:
        return tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        place = _TOML_LINE.search(str(error))
        # The first line of the source is the second of the file; without a place, it is at the source's end.
        line = int(place[1]) if place else source.count("\n")
        raise FrontMatterError(line + 1, _TOML_LINE.sub("", str(error))) from error


def _yaml(source: str) -> dict[str, Any] | None:
    """None if it is no mapping: the text between two rules across the page."""
    try:
        _look_at(yaml.parse(source, _Loader))
        values = yaml.load(source, _Loader)  # noqa: S506  a safe loader, see below
    except yaml.MarkedYAMLError as error:
        raise FrontMatterError(_line_of(error, source), error.problem or str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FrontMatterError(1, str(error).splitlines()[0]) from error
    if values is None:
        return {}
    return {str(name): value for name, value in values.items()} if isinstance(values, dict) else None


def _look_at(events: Iterable[Any]) -> None:
    """Before anything is made of it. Raises yaml.MarkedYAMLError."""
    depth = aliases = 0
    repeated: list[int] = []  # the depths of what has a name by which it can be repeated
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if event.anchor:
                repeated.append(depth)
        elif isinstance(event, yaml.CollectionEndEvent):
            if depth in repeated[-1:]:
                repeated.pop()
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            if repeated or aliases > MOST_ALIASES:
                raise yaml.MarkedYAMLError(problem="this repeats too much", problem_mark=event.start_mark)
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="this is nested too deeply", problem_mark=event.start_mark)


def _line_of(error: yaml.MarkedYAMLError, source: str) -> int:
    """In the file, of which the source is the second line and what follows."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark]
    # What is never closed is noticed at the end, but amiss where it begins.
    within = [mark for mark in marks if mark.line < source.count("\n")]
    return next(iter(within or marks)).line + 2 if marks else 1


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader; a date that is none has a place in the file."""


def _timestamp(loader: Any, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except (ValueError, AttributeError) as error:  # the latter if it looks like none
        problem = f"{node.value} is no date: {error}"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def _json(text: str) -> Text:
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        raise FrontMatterError(error.lineno, error.msg) from error
    except (ValueError, RecursionError) as error:
        raise FrontMatterError(1, str(error)) from error
    return Text(text[end:].lstrip(" \t").removeprefix("\n"), values)
