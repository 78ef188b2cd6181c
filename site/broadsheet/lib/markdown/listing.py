"""The info string of a code block: its language, and what the writer asks for beside it.

Read as the authors of Docusaurus, Hugo, Zola, Pandoc, Quarto, MkDocs, VitePress, Gatsby and mdBook write it:

    python {2,4-6} linenos title="x.py"        js{1,3}:title=x.js         js showLineNumbers=10 {1,3}
    go {linenos=table,hl_lines=[8,"15-17"],linenostart=199}     rust,linenos,hl_lines=3-4 8,name=x.rs
    {.python .numberLines startFrom="100" filename="x.py"}                ts:line-numbers {1}
"""

import re
from dataclasses import dataclass

LONGEST_INFO = 400  # characters; the rest is not read
_LONGEST_TITLE = 200

_VALUE = r"(?:\"(?P<{0}a>[^\"]*)\"|'(?P<{0}b>[^']*)'|(?P<{0}c>[^\s,{{}}\"']+))"
_TITLE = re.compile(
    r"(?<![\w-])(?:title|file_?name|filename|file|name|caption)\s*=\s*" + _VALUE.format("t"), re.IGNORECASE
)
_LINES = r"[\d\s,-]+"
_MARKED = re.compile(
    r"(?<![\w-])(?:hl[_-]lines|highlight(?:lines)?|emphasize-lines|mark)\s*=\s*"
    rf"(?:\[(?P<list>[^\]]*)\]|\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|\{{(?P<braced>{_LINES})\}}|(?P<bare>\d[\d\s,-]*))",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"(?<![\w-])(?:linenostart|startfrom|start-?line|line-?number-?start|firstnumber|start)\s*=\s*[\"'{]?(?P<first>\d{1,6})[\"'}]?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?<![\w-])[.:]?(?:showlinenumbers|numberlines|number-lines|line-numbers|code-line-numbers|linenos|linenums|linenumbers)"
    r"(?![\w-])(?:\s*[=:]\s*[\"']?(?P<value>\w+)[\"']?|\{(?P<braced>\d{1,6})\})?",
    re.IGNORECASE,
)
_BRACED = re.compile(rf"\{{(?P<lines>{_LINES})\}}")
_RANGE = re.compile(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?")
_ID = re.compile(r"\{\s*#[\w-]+")  # Pandoc's; headings have addresses, code has none
_NAME = re.compile(r"[\w+#.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Listing:
    """`first` is the number of the first line, 0 when lines have no numbers; `marked` are ranges of lines,
    both ends included, counted from 1 whatever `first` is."""

    language: str = ""
    title: str = ""
    first: int = 0
    marked: tuple[tuple[int, int], ...] = ()

    def is_marked(self, line: int) -> bool:
        return any(start <= line <= end for start, end in self.marked)


def read(info: str) -> Listing:
    """Raises nothing; what is not understood is passed over."""
    rest = _ID.sub("{ ", info.strip()[:LONGEST_INFO])
    title, rest = _taken(_TITLE, rest)
    marked, rest = _taken(_MARKED, rest)
    first, rest = _taken(_FIRST, rest)
    numbered, rest = _taken(_NUMBERED, rest)
    braced, rest = _taken(_BRACED, rest)
    name = _NAME.search(rest)
    return Listing(
        language=name.group().lower().strip(".-") if name else "",
        title=" ".join(next((value for value in title.values() if value), "").split())[:_LONGEST_TITLE],
        first=_first_number(numbered, first),
        marked=_ranges(" ".join(value for value in (*marked.values(), *braced.values()) if value)),
    )


def _taken(pattern: re.Pattern[str], info: str) -> tuple[dict[str, str | None], str]:
    """What the pattern found, and the info string without it."""
    match = pattern.search(info)
    if match is None:
        return {}, info
    return match.groupdict(), f"{info[: match.start()]} {info[match.end() :]}"


def _first_number(numbered: dict[str, str | None], first: dict[str, str | None]) -> int:
    if not numbered or (value := (numbered["value"] or "").lower()) in ("false", "off", "no"):
        return 0
    for number in (first.get("first"), numbered["braced"], value):
        if number and number.isascii() and number.isdigit() and len(number) <= 6:
            return int(number) or 1
    return 1


def _ranges(written: str) -> tuple[tuple[int, int], ...]:
    found = ((int(start), int(end or start)) for start, end in _RANGE.findall(written))
    return tuple((start, end) for start, end in found if start <= end)
