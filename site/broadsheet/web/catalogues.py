"""Our own words in templates: each is looked up once in a process and language, not once a page."""

from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Flask
from flask_babel import get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from broadsheet.web.filters import get_locale

MOST = 8192  # templates hold some two thousand messages


def init_app(app: Flask) -> None:
    """What Jinja calls "newstyle": variables are filled in, and escaped, after the look-up."""

    @lru_cache(MOST)
    def one(_locale: Locale | None, message: str) -> str:
        return str(get_translations().ugettext(message))

    @lru_cache(MOST)
    def one_of(_locale: Locale | None, singular: str, plural: str, number: int) -> str:
        return str(get_translations().ungettext(singular, plural, number))

    @pass_eval_context
    def gettext(context: EvalContext, message: str, /, **variables: Any) -> str:
        return filled_in(context, one(get_locale(), str(message)), variables)

    @pass_eval_context
    def ngettext(context: EvalContext, singular: str, plural: str, number: int, /, **variables: Any) -> str:
        return filled_in(context, one_of(get_locale(), singular, plural, number), {"num": number} | variables)

    app.jinja_env.globals.update({"gettext": gettext, "_": gettext, "ngettext": ngettext})


def filled_in(context: EvalContext, text: str, variables: dict[str, Any]) -> str:
    if not context.autoescape:
        return text % variables
    return Markup(text) % variables if "%" in text else Markup(text)  # noqa: S704  our own words
