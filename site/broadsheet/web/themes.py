"""Which theme a page is in, and what of it: a template or style of the theme takes the place of the built-in
one at the same path. Whatever of a theme does not work, the built-in stands in for, and the desk is told.

A theme is code that the operator has put on the disk, and is trusted as such.
"""

import logging
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask, current_app, g, has_request_context, request, session
from flask.templating import Environment
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from broadsheet.models import Ability
from broadsheet.web.current_site import site
from broadsheet.web.theme_files import NAME, NOT_THEMED, ORIGINAL, Theme, newest, read

log = logging.getLogger(__name__)

PREFIX = "theme:"
PREVIEW = "theme_preview"  # in the session
SHOWS_PUBLIC_PAGES = ("desk.previews.show", "desk.previews.create")


def init_app(app: Flask) -> None:
    """Before anything asks for the app's templates."""
    app.jinja_environment = ThemedEnvironment
    app.extensions["broadsheet_theme_problems"] = {}
    app.extensions["broadsheet_theme_in_use"] = None
    app.jinja_env.globals["theme_file"] = theme_file
    app.jinja_env.globals["previewed_theme"] = previewed


# -- which one


def current() -> Theme | None:
    if not has_request_context():
        return None
    theme: Theme | bool | None = g.get("theme", False)
    if theme is False:
        theme = g.theme = _chosen()
    return theme  # type: ignore[return-value]


def previewed() -> str:
    """The theme that this admin alone is looking at. A visitor, who has no cookie, gets no session."""
    if not request.cookies or PREVIEW not in session or not current_user.can(Ability.CHANGE_SETTINGS):
        return ""
    return str(session[PREVIEW])


def folder_of_all() -> Path:
    return Path(current_app.instance_path) / "themes"


def installed() -> list[Theme]:
    """Each folder as it is now."""
    folders = sorted(
        path for path in folder_of_all().glob("*") if path.is_dir() and not path.name.startswith(".")
    )
    return [_read(folder, newest(folder)) for folder in folders]


def load(name: str) -> Theme | None:
    """The theme in use as it was when it was chosen or this process first saw it; one that is worked on as it
    is now; None for any other, so that nobody who asks for names has folders read."""
    if not NAME.fullmatch(name):
        return None
    folder = folder_of_all() / name
    is_worked_on = name == previewed() or (current_app.debug and name == site.theme)
    if is_worked_on:
        return _read(folder, newest(folder))
    return _in_use(folder) if name == site.theme else None


def problems_in_use(name: str) -> list[str]:
    """What came to light only while its pages were shown, in this process."""
    return [str(problem) for problem in _seen_problems().get(name, {}).values()]


def _chosen() -> Theme | None:
    at_desk = (request.blueprint or "").split(".")[0] == "desk"
    if at_desk and request.endpoint not in SHOWS_PUBLIC_PAGES:
        return None
    name = previewed() or site.theme
    if not name:
        return None
    theme = load(name)
    return theme if theme is not None and theme.is_usable else None


def _in_use(folder: Path) -> Theme:
    """Kept by itself: each change of a file under a preview is one more reading, and must not push it out."""
    kept: Theme | None = current_app.extensions["broadsheet_theme_in_use"]
    if kept is None or (kept.folder, kept.stamp) != (folder, site.theme_since):
        kept = _read(folder, site.theme_since)
        current_app.extensions["broadsheet_theme_in_use"] = kept
    return kept


def _read(folder: Path, stamp: float) -> Theme:
    return _read_once(current_app.jinja_env, folder, stamp)


@lru_cache(maxsize=32)
def _read_once(environment: Environment, folder: Path, stamp: float) -> Theme:
    theme = read(folder, environment, stamp)
    for problem in theme.problems:
        log.warning("theme %s: %s", folder.name, problem)
    return theme


# -- its templates


class ThemedTemplate(jinja2.Template):
    def render(self, *args: Any, **kwargs: Any) -> str:
        theme = current()
        if theme is None:
            return super().render(*args, **kwargs)
        try:
            return super().render(*args, **kwargs)
        except HTTPException:
            raise
        except Exception as error:
            g.theme = None
            name = own_name(self.name or "")
            page = self.environment.get_template(name).render(*args, **kwargs)
            # The built-in could be rendered: it was the theme.
            log.exception("theme %s: %s could not be rendered", theme.name, name)
            _seen_problems().setdefault(theme.name, {})[name] = _(
                "%(file)s could not be shown, and the built-in was: %(why)s", file=name, why=str(error)
            )
            return page


class ThemedEnvironment(Environment):
    template_class = ThemedTemplate

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.loader = Loader(app.create_global_jinja_loader())
        self.built_in: dict[Any, jinja2.Template] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """No template here has globals of its own: a chain of mappings, walked key by key at each import,
        would make up a tenth of a page's time."""
        return super().make_globals(d) if d else self.globals

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> jinja2.Template:
        """A page asks for two dozen: that of a built-in one which cannot change is at hand."""
        if not isinstance(name, str) or globals is not None:
            return super().get_template(name, parent, globals)
        path = themed(name)
        if self.auto_reload or path != name:
            return super().get_template(path, parent)
        found = self.built_in.get(name)
        if found is None:
            found = self.built_in[name] = super().get_template(name, parent)
        return found


class Loader(jinja2.BaseLoader):
    """`theme:NAME@STAMP/posts/show.html` is a theme's; the bare path, or after `original/`, the built-in."""

    def __init__(self, built_in: jinja2.BaseLoader) -> None:
        self.built_in = built_in

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        theme = current() if template.startswith(PREFIX) else None
        name = own_name(template)
        if theme is None or name not in theme.templates:
            return self.built_in.get_source(environment, name)
        # As it was read: the file may be half edited by now.
        return theme.templates[name], str(theme.folder / "templates" / name), lambda: True

    def list_templates(self) -> list[str]:
        return self.built_in.list_templates()


def themed(name: str) -> str:
    """Where the template of this path is to be taken from."""
    if name.startswith((ORIGINAL, *NOT_THEMED)):
        return name
    theme = current()
    if theme is None or name not in theme.templates:
        return name
    return f"{PREFIX}{theme.name}@{theme.stamp}/{name}"


def own_name(template: str) -> str:
    """Its path, wherever it was taken from."""
    if template.startswith(PREFIX):
        return template.partition("/")[2]
    return template.removeprefix(ORIGINAL)


# -- its files


def theme_file(path: str) -> str:
    """The address of a file under the theme's static/. For its templates."""
    theme = current()
    if theme is None or path not in theme.files:
        raise LookupError(f"static/{path} is not there")
    return theme.address(path)


def _seen_problems() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = current_app.extensions["broadsheet_theme_problems"]
    return found
