"""The style of a page. The reader's is assembled from its layered files and stands in the page itself, so
that the first view is one round trip; the desk's files are linked. Both get the owner's accent colour."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, current_app, g, url_for
from markupsafe import Markup

from broadsheet.lib.colour import accents
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
        "callouts",
        "footnotes",
        "pagination",
        "person",
        "notice",
        "editing",
        "forms",
        "buttons",
        "flashes",
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
        "desk-tools",
        "dialogs",
        "buttons",
        "flashes",
        "pagination",
        "prose",
        "figures",
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

# What only some pages need, such as a text by the words in its `needs`; it follows the reader's.
EXTRAS: dict[str, tuple[str, ...]] = {
    "archive": ("archive", "entries"),
    "chart": ("charts",),
    "code": ("code",),
    "corrections": ("corrections",),
    "data": ("data-tables",),
    "embed": ("embeds",),
    "entries": ("entries",),
    "remark": ("remarks",),
    "search": ("search",),
}


# What only some looks need, by the owner's choice; it follows all else.
LOOKS: dict[str, tuple[str, ...]] = {
    "left": ("masthead-left",),
    "compact": ("masthead-compact",),
    "logo": ("masthead-logo",),
    "one column": ("one-column",),
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals["style"] = style
    app.url_defaults(add_static_version)


def style(bundle: str = "reader", needs: Iterable[str] = ()) -> Markup:
    folder = Path(current_app.static_folder or "") / "css"
    if bundle == "reader":
        names = BUNDLES[bundle] + tuple(name for need in needs for name in EXTRAS.get(need, ()))
        names += tuple(name for word in look_words() for name in LOOKS.get(word, ()))
        return inline(
            assembled(folder, names, current_app.debug and newest(folder), themes.current())
            + accent(site.accent)
            + look(site.typeface, site.columns)
        )
    links = Markup("").join(
        Markup('<link rel="stylesheet" href="{}">').format(url_for("static", filename=f"css/{name}.css"))
        for name in BUNDLES[bundle]
    )
    return links + inline(accent(site.accent))


def inline(css: str) -> Markup:
    """A style element, whose hash is told to the answer's content security policy (CSP 3, section 8.3)."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    g.setdefault("style_hashes", []).append(f"'sha256-{digest}'")
    return Markup("<style>") + Markup(css) + Markup("</style>")  # noqa: S704  our own files and a checked colour


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


@lru_cache(maxsize=64)
def assembled(
    folder: Path, names: tuple[str, ...], _changed: float | bool, theme: Theme | None = None
) -> str:
    """A theme's file takes the place of the built-in of its name; theme.css follows, in its own layer."""
    own = theme.styles if theme else {}
    css = "".join(
        minified(own[name] if name in own else (folder / f"{name}.css").read_text(encoding="utf-8"))
        for name in names
    )
    return f"{css}@layer theme{{{minified(own['theme'])}}}" if "theme" in own else css


def minified(css: str) -> str:
    """Without comments and needless space; what stands in quotation marks stays as it is."""
    css = QUOTED_OR_COMMENT.sub(lambda found: found[0] if found[0][0] in "\"'" else "", css)
    parts = re.split(f"({QUOTED})", css)
    parts[::2] = [_tightened(part) for part in parts[::2]]
    return "".join(parts).strip()


def _tightened(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).replace(";}", "}")


def newest(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.glob("*.css")), default=0.0)


@cache
def file_version(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def add_static_version(endpoint: str, values: dict[str, object]) -> None:
    """A static file's address carries its hash, so that browsers may keep it for ever."""
    if endpoint != "static" or "v" in values or not current_app.static_folder:
        return
    path = Path(current_app.static_folder) / str(values.get("filename", ""))
    if path.is_file():
        values["v"] = file_version(path, path.stat().st_mtime_ns)
