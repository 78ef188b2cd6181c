"""The style of a page. The reader's is assembled from those of its layered files that the page has a use for,
and stands in the page itself, so that the first view is one round trip; the desk's files are linked. Both get
the owner's accent colour."""

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, current_app, g, url_for
from markupsafe import Markup

from broadsheet.lib.colour import DARK_GROUNDS, LIGHT_GROUNDS, accents
from broadsheet.web import themes
from broadsheet.web.current_site import site
from broadsheet.web.theme_files import Theme

QUOTED = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
QUOTED_OR_COMMENT = re.compile(rf"{QUOTED}|/\*.*?\*/", re.DOTALL)

BUNDLES: dict[str, tuple[str, ...]] = {
    "reader": (
        "layers",
        "reset",
        "tokens",
        "base",
        "page",
        "post",
        "masthead",
        "sections",
        "footer",
        "labels",
        "front",
        "stories",
        "cover",
        "rows",
        "contents",
        "neighbours",
        "prose",
        "figures",
        "tables",
        "code",
        "callouts",
        "footnotes",
        "charts",
        "data-tables",
        "embeds",
        "remarks",
        "corrections",
        "entries",
        "archive",
        "pagination",
        "person",
        "notice",
        "editing",
        "forms",
        "buttons",
        "flashes",
        "search",
        "reference",
        "utilities",
        "print",
    ),
    "desk": (
        "layers",
        "reset",
        "tokens",
        "base",
        "desk",
        "account",
        "second-factors",
        "desk-side",
        "desk-bar",
        "labels",
        "tabs",
        "listing",
        "bulk",
        "states",
        "panels",
        "person",
        "forms",
        "desk-forms",
        "desk-today",
        "desk-figures",
        "palette",
        "desk-uploads",
        "desk-topics",
        "desk-site",
        "desk-inbox",
        "desk-editor",
        "desk-particulars",
        "desk-links",
        "desk-history",
        "desk-reviews",
        "api-tokens",
        "desk-tools",
        "dialogs",
        "buttons",
        "flashes",
        "pagination",
        "prose",
        "figures",
        "tables",
        "callouts",
        "footnotes",
        "code",
        "charts",
        "data-tables",
        "embeds",
        "utilities",
        "print",
    ),
}

# What only some pages carry: a file, and the marks in a page's HTML that say that it has a use for it. What a
# script will put there is told by the mark of its place. A file without a row is on every page.
_FOUND = 'data-search="results"'
CARRIED_FOR: dict[str, tuple[str, ...]] = {
    "archive": ('class="years', 'class="months'),
    "buttons": ('class="button', 'class="embed', _FOUND),
    "callouts": ('class="callout',),
    "charts": ('class="chart',),
    "code": ("<pre", 'class="code'),
    "contents": ('class="contents',),
    "corrections": ('class="correction',),
    "cover": ('class="cover', 'class="focus-'),
    "data-tables": ('class="sortable',),
    "editing": ('class="editing',),
    "embeds": ('class="embed',),
    "entries": ('class="entries', 'class="ways'),
    "figures": ("<figure", "<img", "<video", "<audio", 'class="attachment', 'class="external-picture'),
    "flashes": ('class="flash',),
    "footnotes": ('class="footnote',),
    "forms": ('class="form', 'class="control', 'class="check', 'class="error-summary'),
    "front": ('class="front',),
    "neighbours": ('class="neighbours',),
    "notice": ('class="notice', _FOUND),
    "pagination": ('class="pagination', _FOUND),
    "person": ('class="person',),
    "post": ('class="post',),
    "prose": ('class="prose',),
    "reference": ('class="api',),
    "remarks": ('class="remark',),
    "rows": ('class="row', _FOUND),
    "search": ('class="search', _FOUND),
    "stories": ('class="stories', 'class="story'),
    "tables": ("<table", 'class="math'),
}


def _marks() -> Iterator[re.Pattern[str]]:
    """All that begin alike are looked for at once, which takes a tenth of the time."""
    marks = sorted({mark for marks in CARRIED_FOR.values() for mark in marks}, reverse=True)
    for beginning in sorted({re.split(r'(?<=[<"])', mark)[0] for mark in marks}):
        rests = (re.escape(mark.removeprefix(beginning)) for mark in marks if mark.startswith(beginning))
        yield re.compile(f"{beginning}(?:{'|'.join(rests)})")


_MARKS = tuple(_marks())


# What only some looks need, by the owner's choice; it follows all else.
LOOKS: dict[str, tuple[str, ...]] = {
    "left": ("masthead-left",),
    "compact": ("masthead-compact",),
    "logo": ("masthead-logo",),
    "one column": ("one-column",),
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals["style"] = style
    app.jinja_env.globals["papers"] = {"light": LIGHT_GROUNDS[0], "dark": DARK_GROUNDS[0]}


def style(bundle: str = "reader", page: str | None = None) -> Markup:
    """The reader's is cut to the HTML of `page`, or whole without it."""
    folder = Path(current_app.static_folder or "") / "css"
    if bundle == "reader":
        names = BUNDLES[bundle] if page is None else carried(page)
        names += tuple(name for word in look_words() for name in LOOKS.get(word, ()))
        changed = current_app.debug and newest(folder)
        own = accent(site.accent) + look(site.typeface, site.columns)
        return inline(*element(folder, names, changed, themes.current(), own))
    links = Markup("").join(
        Markup('<link rel="stylesheet" href="{}">').format(url_for("static", filename=f"css/{name}.css"))
        for name in BUNDLES[bundle]
    )
    return links + inline(*in_element(accent(site.accent)))


def carried(page: str) -> tuple[str, ...]:
    return _carried(frozenset(mark for alike in _MARKS for mark in alike.findall(page)))


@lru_cache(maxsize=1024)
def _carried(found: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name in BUNDLES["reader"]
        if name not in CARRIED_FOR or any(mark.startswith(CARRIED_FOR[name]) for mark in found)
    )


@lru_cache(maxsize=64)  # of all the sets of files that pages could carry, a site has some dozens
def element(
    folder: Path, names: tuple[str, ...], changed: float | bool, theme: Theme | None, own: str
) -> tuple[Markup, str]:
    return in_element(assembled(folder, names, changed, theme) + own)


def in_element(css: str) -> tuple[Markup, str]:
    """A style element, and its hash for a content security policy (CSP 3, section 8.3)."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Markup(f"<style>{css}</style>"), f"'sha256-{digest}'"  # noqa: S704  our own files, a checked colour


def inline(element: Markup, digest: str) -> Markup:
    """The same element, once the answer's policy knows of it."""
    g.setdefault("style_hashes", []).append(digest)
    return element


@cache
def accent(colour: str) -> str:
    light, dark = accents(colour)
    return f":root{{--accent-light:{light};--accent-dark:{dark}}}"


def look_words() -> list[str]:
    return [
        site.header,
        "logo" if site.logo_id else "",
        "one column" if site.columns == 1 else "",
    ]


@cache
def look(typeface: str, columns: int) -> str:
    """What is chosen by a word or a number; a visitor loads nothing for what was left as it is."""
    rules = "--serif:var(--sans);" if typeface == "sans" else ""
    if columns:
        # Not narrower than is comfortable, and a pixel less than its share, which is rounded.
        rules += f"--column:max(14rem,100%/{int(columns)} - 1px);"
    return f":root{{{rules}}}" if rules else ""


def assembled(folder: Path, names: tuple[str, ...], changed: float | bool, theme: Theme | None = None) -> str:
    """A theme's file takes the place of the built-in of its name; theme.css follows, in its own layer."""
    css = "".join(sheet(folder, name, changed, theme) for name in names)
    return f"{css}@layer theme{{{sheet(folder, 'theme', changed, theme)}}}" if _has(theme, "theme") else css


@lru_cache(maxsize=512)
def sheet(folder: Path, name: str, _changed: float | bool, theme: Theme | None) -> str:
    own = theme.styles if theme else {}
    return minified(own[name] if name in own else (folder / f"{name}.css").read_text(encoding="utf-8"))


def _has(theme: Theme | None, name: str) -> bool:
    return theme is not None and name in theme.styles


def minified(css: str) -> str:
    """Without comments and needless space; what stands in quotation marks stays as it is."""
    css = QUOTED_OR_COMMENT.sub(lambda found: found[0] if found[0][0] in "\"'" else "", css)
    parts = re.split(f"({QUOTED})", css)
    parts[::2] = [_tightened(part) for part in parts[::2]]
    return "".join(parts).strip()


def _tightened(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).replace(": ", ":").replace(";}", "}")


def newest(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.glob("*.css")), default=0.0)
