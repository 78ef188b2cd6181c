"""What Jekyll, Hugo and Zola put into a text beside Markdown: made Markdown where it can be, else found."""

import re
from collections.abc import Callable, Iterator

from broadsheet.transfer import rewriting

_HIGHLIGHT = re.compile(
    r"""
      (?P<jekyll> \{%-?\s*highlight\s+(?P<language>[\w+#.-]+)[^%\n]*%\} )
    | (?P<hugo> \{\{[<%]\s*highlight\s+["']?(?P<other>[\w+#.-]+)[^\n]*?[>%]\}\} )
    """,
    re.VERBOSE,
)
_END_OF_HIGHLIGHT = re.compile(r"\{%-?\s*endhighlight\s*-?%\}|\{\{[<%]\s*/\s*highlight\s*[>%]\}\}")
_MORE = re.compile(
    r"^[ \t]*<!--[ \t]*more[ \t]*-->[ \t]*\n?|<!--[ \t]*more[ \t]*-->", re.MULTILINE | re.IGNORECASE
)
_QUOTED = r"""["']?(?P<to>[^"'\s%>|{}]+)["']?"""
_FIGURE = re.compile(r"\{\{[<%]\s*figure\s+(?P<attributes>[^\n]*?)/?\s*[>%]\}\}")
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LEFT = re.compile(r"\{\{[<%].*?[>%]\}\}|\{%.*?%\}|\{\{.*?\}\}")


def to_markdown(text: str) -> str:
    """The text with those that have a Markdown form in that form."""
    text = _MORE.sub("", text)
    if "{%" not in text and "{{" not in text:
        return text
    text = _highlights_to_fences(text)
    for pattern, replacement in _SIMPLE:
        text = _in_prose(text, pattern, replacement)
    return text


def left(text: str) -> Iterator[str]:
    """Those that are still there, each once, as written."""
    if "{%" in text or "{{" in text:
        yield from dict.fromkeys(found[0] for found in _LEFT.finditer(rewriting.prose(text)))


def _highlights_to_fences(text: str) -> str:
    done = ""
    while opening := _HIGHLIGHT.search(rewriting.prose(text)):
        closing = _END_OF_HIGHLIGHT.search(text, opening.end())
        if closing is None:
            break
        code = text[opening.end() : closing.start()].strip("\n")
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", code)), default=0))
        language = opening["language"] or opening["other"]
        done += f"{text[: opening.start()]}{fence}{language}\n{code}\n{fence}"
        text = text[closing.end() :]
    return done + text


def _figure(found: re.Match[str]) -> str:
    given = {name: double or single for name, double, single in _ATTRIBUTE.findall(found["attributes"])}
    if not given.get("src"):
        return found[0]
    caption = given.get("caption") or given.get("title") or ""
    title = ' "{}"'.format(caption.replace('"', "”")) if caption else ""
    return f"![{given.get('alt') or caption}]({given['src']}{title})"


_SIMPLE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}"), ""),
    (re.compile(r"\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\}"), ""),
    # Addresses: `@/` is the imported folder, see places.py.
    (re.compile(r"\{%-?\s*post_url\s+" + _QUOTED + r"\s*-?%\}"), r"@/_posts/\g<to>.md"),
    (re.compile(r"\{%-?\s*link\s+" + _QUOTED + r"\s*-?%\}"), r"@/\g<to>"),
    (re.compile(r"\{\{[<%]\s*(?:rel)?ref\s+" + _QUOTED + r"\s*[>%]\}\}"), r"@/\g<to>"),
    (re.compile(r"\{\{-?\s*" + _QUOTED + r"\s*\|\s*(?:relative|absolute)_url\s*-?\}\}"), r"\g<to>"),
    (_FIGURE, _figure),
)


def _in_prose(text: str, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> str:
    result, last = "", 0
    for found in pattern.finditer(rewriting.prose(text)):
        result += text[last : found.start()]
        result += replacement(found) if callable(replacement) else found.expand(replacement)
        last = found.end()
    return result + text[last:]
