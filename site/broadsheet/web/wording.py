"""The words that the pipeline of texts itself writes, as the catalogue of a language has them."""

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from broadsheet.lib.markdown import Words
from broadsheet.models import rendering
from broadsheet.web.current_site import site
from broadsheet.web.filters import locale_of


def init_app(app: Flask) -> None:
    rendering.speak(words_of)


def words_of(language: str) -> Words:
    with force_locale(locale_of(language or site.language)):
        return Words(
            note=_("Note"),
            tip=_("Tip"),
            important=_("Important"),
            warning=_("Warning"),
            caution=_("Caution"),
            section=_("Link to “{title}”"),
            footnotes=_("Footnotes"),
            footnote=_("Footnote {number}"),
            back=_("Back to reference {number}"),
            table=_("Table {number}"),
            done=_("Done"),
            open=_("Not done"),
            picture=_("Picture"),
            film=_("Film"),
            sound=_("Sound"),
        )
