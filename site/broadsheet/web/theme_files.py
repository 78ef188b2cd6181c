"""A theme as its folder has it: particulars, templates, styles and files, and what is wrong with them.

What is wrong is left out, so that the built-in stands in its place; the rest of the theme is used.
"""

import hashlib
import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _
from jinja2 import Environment, TemplateSyntaxError, meta

from broadsheet.lib import release

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
MANIFEST = "theme.toml"
ORIGINAL = "original/"  # before a template's path: the built-in one, on which that of a theme may build
MOST_FILES = 1000
KNOWN = ("name", "version", "author", "description", "broadsheet")

# What a theme has no say in: the desk, whose pages an admin needs to put things right, and mails.
NOT_THEMED = ("desk/", "mail/", "layouts/desk.html")

ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|https?:|/|\#)([^"')]+)\1\s*\)""")
WORDS_AND_COMMENTS = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)


@dataclass(eq=False)
class Theme:
    """What could be read of one. `templates` are their sources by their paths; `styles` go by the name of
    their file; `files` lie under static/, with their hash."""

    folder: Path
    stamp: float = 0  # which reading this is: what was made of another is not used for it
    title: str = ""
    version: str = ""
    author: str = ""
    description: str = ""
    is_usable: bool = False
    templates: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    problems: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.folder.name

    def told(self) -> list[str]:
        """The problems in plain words: a lazy text passes for HTML, and they quote files."""
        return [str(problem) for problem in self.problems]

    def address(self, path: str) -> str:
        """Of one of its files, with its hash, so that browsers may keep it for ever."""
        return f"/theme/{self.name}/{path}?v={self.files[path]}"


def read(folder: Path, environment: Environment, stamp: float = 0) -> Theme:
    theme = Theme(folder, stamp, title=folder.name)
    if not NAME.fullmatch(folder.name) or not folder.is_dir():
        theme.problems.append(_("There is no folder %(name)s in instance/themes.", name=folder.name))
        return theme
    try:
        _read_manifest(theme)
        if theme.is_usable:
            _read_files(theme)
            _read_styles(theme)
            _read_templates(theme, environment)
    except OSError as error:
        theme.is_usable = False
        theme.problems.append(_("The folder cannot be read: %(why)s", why=error.strerror or error))
    return theme


def newest(folder: Path) -> float:
    """When something in it changed last."""
    times = [path.stat().st_mtime for path in (folder, *folder.rglob("*")) if path.exists()]
    return max(times, default=0.0)


# -- the particulars


def _read_manifest(theme: Theme) -> None:
    try:
        with (theme.folder / MANIFEST).open("rb") as file:
            found = tomllib.load(file)
    except FileNotFoundError:
        theme.problems.append(_("It has no theme.toml, so it cannot be used."))
        return
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, too many digits, too deep
        theme.problems.append(_("theme.toml cannot be read: %(why)s", why=error))
        return
    for key, value in found.items():
        if key not in KNOWN:
            theme.problems.append(_("theme.toml: nothing is known of “%(key)s”.", key=key))
        elif not isinstance(value, str):
            theme.problems.append(_("theme.toml: “%(key)s” belongs in quotation marks.", key=key))
    said = {key: value for key, value in found.items() if isinstance(value, str)}
    theme.title = said.get("name") or theme.folder.name
    theme.version = said.get("version", "")
    theme.author = said.get("author", "")
    theme.description = said.get("description", "")
    needed = said.get("broadsheet", "")
    if not re.fullmatch(r"\d+(\.\d+)*", needed):
        theme.problems.append(
            _("theme.toml: “broadsheet” has to say from which version on it fits, as in “0.4”.")
        )
    elif release.numbers(needed) > release.numbers(release.VERSION):
        theme.problems.append(
            _(
                "It needs Broadsheet %(needed)s, and this is %(version)s. Until then it cannot be used.",
                needed=needed,
                version=release.VERSION,
            )
        )
        return
    theme.is_usable = True


# -- the files


def _inside(theme: Theme, part: str) -> Iterator[tuple[str, Path]]:
    """The files of a part of the folder, by their paths in it; what a link leads out of it is told."""
    base = theme.folder / part
    home = theme.folder.resolve()
    for path in sorted(base.rglob("*"))[:MOST_FILES]:
        if not path.is_file() or any(one.startswith(".") for one in path.relative_to(base).parts):
            continue
        if not path.resolve().is_relative_to(home):
            theme.problems.append(
                _(
                    "%(file)s leads out of the theme’s folder and is left out.",
                    file=path.relative_to(theme.folder),
                )
            )
            continue
        yield path.relative_to(base).as_posix(), path


def _read_files(theme: Theme) -> None:
    for name, path in _inside(theme, "static"):
        theme.files[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:10]


# -- the styles


def _read_styles(theme: Theme) -> None:
    for name in list(theme.files):
        if not re.fullmatch(r"css/[a-z0-9-]+\.css", name):
            continue
        try:
            css = (theme.folder / "static" / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            theme.problems.append(_("static/%(file)s is not UTF-8. The built-in is used.", file=name))
            continue
        wrong = _trouble(css)
        if wrong:
            theme.problems.append(
                _("static/%(file)s is left out, and the built-in is used: %(why)s", file=name, why=wrong)
            )
            continue
        theme.styles[name.removeprefix("css/").removesuffix(".css")] = _with_addresses(theme, name, css)


def _trouble(css: str) -> Any:
    """It stands among others in one element, which it must not end, in a layer that it must not close."""
    if "</" in css:
        return _("“</” must not stand in it.")
    depth = 0
    for sign in WORDS_AND_COMMENTS.sub("", css):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            break
    return _("it has a brace too many or too few.") if depth else ""


def _with_addresses(theme: Theme, name: str, css: str) -> str:
    """Its addresses are meant from its own folder, but it stands in the page."""

    def address(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[2].strip()))
        if path not in theme.files:
            theme.problems.append(
                _("static/%(file)s asks for “%(address)s”, which is not there.", file=name, address=found[2])
            )
            return found[0]
        return f'url("{theme.address(path)}")'

    return ADDRESS.sub(address, css)


# -- the templates


def _read_templates(theme: Theme, environment: Environment) -> None:
    found = {name: path for name, path in _inside(theme, "templates") if not name.startswith(NOT_THEMED)}
    known = {*environment.list_templates(), *found}
    for name, path in found.items():
        try:
            source = path.read_text(encoding="utf-8")
            wrong = _fault(environment, name, path, source, known)
        except UnicodeDecodeError:
            wrong = _("it is not UTF-8.")
        if wrong:
            theme.problems.append(
                _("templates/%(file)s is left out, and the built-in is used: %(why)s", file=name, why=wrong)
            )
        else:
            theme.templates[name] = source


def _fault(environment: Environment, name: str, path: Path, source: str, known: set[str]) -> Any:
    try:
        environment.compile(source, name, str(path))
        asked = set(meta.find_referenced_templates(environment.parse(source)))
    except TemplateSyntaxError as error:
        return _("line %(line)d: %(why)s", line=error.lineno, why=error.message or "")
    if name in asked:
        return _("it builds on itself; write “%(original)s”.", original=ORIGINAL + name)
    missing = sorted(one for one in asked if one and one.removeprefix(ORIGINAL) not in known)
    return _("it asks for “%(template)s”, which is not there.", template=missing[0]) if missing else ""
