"""What forms are made of: fields and rules that say in words what is wrong."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from wtforms import BooleanField, Field, IntegerField, StringField, ValidationError
from wtforms.validators import StopValidation
from wtforms.widgets import DateTimeLocalInput, TextInput

from broadsheet.extensions import db
from broadsheet.lib import local_time
from broadsheet.lib.slugs import slugify
from broadsheet.models import Page, Post, Upload
from broadsheet.web.addresses import LARGEST
from broadsheet.web.fields import CONTROL, line
from broadsheet.web.filters import date_local, own_zone

YEARS = range(1000, 9999)  # four digits, as <input type=datetime-local> writes them, and room for every zone


def no_control(form: Any, field: Field) -> None:
    """The filters took them out; the writer is told before anything is stored."""
    sent = field.raw_data[0] if field.raw_data and isinstance(field.raw_data[0], str) else ""
    if count := len(CONTROL.findall(sent)):
        raise ValidationError(
            ngettext(
                "%(num)d invisible control character was in it and has been taken out. "
                "Look at it and send it again.",
                "%(num)d invisible control characters were in it and have been taken out. "
                "Look at it and send it again.",
                count,
            )
        )


def filled(message: Any) -> Callable[[Any, Any], None]:
    """Without the HTML attribute `required`, which would make a browser refuse what may stay empty."""

    def check(form: Any, field: Any) -> None:
        if not field.data:
            raise StopValidation(message)

    return check


def slug_is_well_formed(slug: str, limit: int) -> None:
    tidy = slugify(slug, limit)
    if tidy == slug:
        return
    if tidy:
        raise ValidationError(
            _("Only small letters, digits and hyphens, for example “%(example)s”.", example=tidy)
        )
    raise ValidationError(_("Only small letters, digits and hyphens."))


class MomentField(Field):
    """A moment, typed as the time on the person's own clock; programs may send an offset or Z (RFC 3339)."""

    widget = DateTimeLocalInput()
    data: datetime | None
    comes_twice = False

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else date_local(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or valuelist[0].strip() == date_local(self.data):
            return  # as it was shown: the seconds, which are not shown, stay
        text = valuelist[0].strip()
        self.data = self._moment(text) if text else None

    def _moment(self, text: str) -> datetime:
        try:
            typed = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(_("Write it as 2027-05-31T09:00.")) from error
        if typed.year not in YEARS:
            raise ValueError(_("The year cannot be right."))
        if typed.tzinfo is not None:
            return typed
        zone = own_zone()
        try:
            at = local_time.moment(typed, zone)
        except local_time.SkippedTime as error:
            raise ValueError(
                _("The clocks skip this time: in %(zone)s they are put forward past it.", zone=str(zone))
            ) from error
        self.comes_twice = local_time.comes_twice(typed, zone)
        return at


class PictureField(Field):
    """A picture of the library, named by its address (`/uploads/…`); a whole address of this site will do."""

    widget = TextInput()
    data: Upload | None

    def _value(self) -> str:
        return line(self.raw_data[0]) if self.raw_data else (self.data.path if self.data else "")

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        path = line(valuelist[0])
        self.data = self._picture(path) if path else None

    def _picture(self, path: str) -> Upload:
        upload = Upload.found_at(urlsplit(path).path)
        if upload is None:
            raise ValueError(_("There is no such picture in the library. An address begins with /uploads/."))
        if not upload.is_picture:
            raise ValueError(_("“%(name)s” is no picture.", name=upload.name))
        return upload


class ContentField(Field):
    """Another post or page, named by its address: whole, or the path alone."""

    widget = TextInput()
    data: Post | Page | None

    def _value(self) -> str:
        return line(self.raw_data[0]) if self.raw_data else (self.data.path if self.data else "")

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        typed = line(valuelist[0])
        self.data = self._content(typed) if typed else None

    def _content(self, typed: str) -> Post | Page:
        """Raises ValueError."""
        raise NotImplementedError


class PostField(ContentField):
    """Its number will do."""

    def _content(self, typed: str) -> Post:
        path = typed if typed.isdecimal() else urlsplit(typed).path.removeprefix("/post/").partition("/")[0]
        number = int(path) if path.isdecimal() and len(path) <= len(str(LARGEST)) else 0
        post = db.session.scalar(Post.visible_to(current_user).where(Post.id == min(number, LARGEST)))
        if post is None:
            raise ValueError(_("There is no such post. An address begins with /post/ and a number."))
        return post


class PageField(ContentField):
    def _content(self, typed: str) -> Page:
        slug = unquote(urlsplit(typed).path).strip("/")
        page = db.session.scalar(Page.visible_to(current_user).where(Page.slug == slug))
        if page is None:
            raise ValueError(_("There is no such page. An address looks like /about."))
        return page


class NamesField(StringField):
    """Names divided by commas."""

    @property
    def names(self) -> list[str]:
        return [name for part in (self.data or "").split(",") if (name := part.strip())]


class SwitchField(BooleanField):
    """A box to tick. What a program leaves out stays as it is stored: a hidden field before the box says that
    the page had it, ticked or not."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[-1] not in self.false_values

    def __call__(self, **attributes: Any) -> Markup:
        told = Markup('<input type="hidden" name="{}" value="">').format(self.name)
        return told + super().__call__(value="y", **attributes)

    def _value(self) -> str:
        return "y" if self.data else ""


class NumberField(IntegerField):
    """A whole number between two others; left empty, it is `empty`."""

    def __init__(
        self, label: Any, between: tuple[int, int], empty: int | None = None, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.between, self.empty = between, empty

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        text = valuelist[0].strip()
        least, most = self.between
        if not text:
            self.data = self.empty
        elif text.isascii() and text.isdigit() and len(text) < 11 and least <= int(text) <= most:
            self.data = int(text)
        else:
            raise ValueError(_("Write a number from %(least)d to %(most)d.", least=least, most=most))
