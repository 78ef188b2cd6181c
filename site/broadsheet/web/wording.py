"""The words that the pipeline of texts itself writes, as the catalogue of a language has them."""

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from broadsheet.lib.markdown import Words
from broadsheet.lib.markdown.troubles import TROUBLES
from broadsheet.models import rendering
from broadsheet.web.current_site import site
from broadsheet.web.filters import locale_of


def init_app(app: Flask) -> None:
    rendering.speak(words_of)


def words_of(language: str) -> Words:
    locale = locale_of(language or site.language)
    with force_locale(locale):
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
            details=_("Details"),
            locale=str(locale),
            chart=_("Chart {number}"),
            chart_bar=_("Bar chart"),
            chart_line=_("Line chart"),
            chart_dot=_("Dot chart"),
            chart_stacked=_("Stacked bar chart"),
            chart_about=_("{kind}: {series}; from {first} to {last}. Least: {least}. Most: {most}."),
            chart_data=_("Data as a table"),
            troubles={kind: _(sentence) for kind, sentence in TROUBLES.items()},
        )
