"""What the fields of forms take in, and what makes it right: the same for visitors, accounts and the desk."""

import re
import unicodedata

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, SelectField
from wtforms.validators import DataRequired, ValidationError

from broadsheet.lib import email_address, languages

REQUIRED = _("Please fill this in.")

# What no keyboard types: control characters but tab and line ends, and halves of surrogate pairs. PostgreSQL
# (NUL), UTF-8 (surrogates) or the XML of feeds would refuse them.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# They turn around what stands after them, too: a subject could rewrite the list in which it is shown.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


# -- filters


def line(text: str | None) -> str:
    """One line, trimmed: fit to stand in a mail's header. `""` if there is nothing to see in it."""
    return " ".join(DIRECTION.sub("", _visible(text)).split())


def lines(text: str | None) -> str:
    """As it was typed, with the line ends of everywhere else: browsers send CR LF (RFC 7578)."""
    return _visible(text).replace("\r\n", "\n").replace("\r", "\n")


def paragraphs(text: str | None) -> str:
    """Lines without the empty ones around them. `""` if there is nothing to see in it."""
    return lines(text).rstrip().lstrip("\n")


def _visible(text: object) -> str:
    # A file in place of a text, which only a script would send, is nothing to see.
    kept = CONTROL.sub("", text) if isinstance(text, str) else ""
    return kept if any(unicodedata.category(one)[0] not in "ZC" for one in kept) else ""


# -- fields


def site_language() -> SelectField:
    return SelectField(
        _("Language"),
        [DataRequired()],
        choices=languages.choices,
        description=_(
            "In which the site is written. Its own words and dates are in it too, where somebody has "
            "translated them: Arabic, English, French, German and Spanish."
        ),
    )


# -- validators


class Required(DataRequired):
    def __init__(self) -> None:
        super().__init__(REQUIRED)


class AtMost:
    """A bound that the browser is not told: it would cut off a pasted text without a word."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, form: FlaskForm, field: Field) -> None:
        excess = len(field.data or "") - self.characters
        if excess > 0:
            raise ValidationError(
                ngettext(
                    "This is %(num)d character too long.", "This is %(num)d characters too long.", excess
                )
            )


class Address:
    """An e-mail address that could be right."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        try:
            field.data = email_address.normalised(field.data)
        except ValueError:
            raise ValidationError(
                gettext("This does not look like an e-mail address. One looks like name@example.org.")
            ) from None
