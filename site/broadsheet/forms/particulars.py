"""What a text carries beside itself, as fields of the editor: how it is found and shared, what it translates;
of a post also its series, its cover, its byline and where it is seen. Each of them shows what is stored, and
says what `revise` takes."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField, ValidationError

from broadsheet.extensions import db
from broadsheet.forms.fields import ContentField, NumberField, PictureField, SwitchField, no_control
from broadsheet.lib.links import is_web_address
from broadsheet.models import Series, Upload
from broadsheet.models.content import ADDRESS_LENGTH, TITLE_LENGTH
from broadsheet.models.post import ALT_LENGTH, BYLINE_LENGTH
from broadsheet.models.series import LAST_PLACE
from broadsheet.models.versioned import DESCRIPTION_LENGTH
from broadsheet.web.fields import AtMost, line


class FoundForm(FlaskForm):
    search_title = StringField(
        _l("Title for searches"),
        filters=[line],
        validators=[no_control, AtMost(TITLE_LENGTH)],
        description=_l("In place of the title, where it is found or shared."),
    )
    search_description = TextAreaField(
        _l("Description for searches"),
        filters=[line],
        validators=[no_control, AtMost(DESCRIPTION_LENGTH)],
        description=_l("In place of the summary, where it is found or shared."),
    )
    social_picture = PictureField(
        _l("Picture for sharing"),
        description=_l("An address in the library. Left empty, the cover or the first picture serves."),
    )
    canonical_url = StringField(
        _l("Original address"),
        filters=[line],
        validators=[no_control, AtMost(ADDRESS_LENGTH)],
        description=_l("If it was published elsewhere first: search engines then count it there."),
    )

    FOUND = ("search_title", "search_description", "social_picture", "canonical_url")

    @staticmethod
    def found_stored(working: dict[str, Any]) -> dict[str, Any]:
        return {"social_picture": upload_of(working["social_picture_id"])}

    def found_changes(self) -> dict[str, Any]:
        texts = ("search_title", "search_description", "canonical_url")
        return {name: self[name].data for name in texts} | {"social_picture_id": id_of(self.social_picture)}

    def validate_social_picture(self, field: PictureField) -> None:
        if field.data and field.data.media_type == "image/svg+xml":
            raise ValidationError(_("Other sites cannot draw an SVG. Choose a photo or a PNG."))

    def validate_canonical_url(self, field: StringField) -> None:
        if field.data and not is_web_address(field.data):
            raise ValidationError(_("Write a whole address, as in https://example.org/a-post."))


class TranslatedForm(FlaskForm):
    """A kind brings the field `translation_of`."""

    content: Any  # the post or page, which the whole form has
    translation_of: ContentField

    def translated_stored(self, working: dict[str, Any]) -> dict[str, Any]:
        first_id = working["translation_of_id"]
        return {"translation_of": db.session.get(type(self.content), first_id) if first_id else None}

    def translated_changes(self) -> dict[str, Any]:
        return {"translation_of_id": id_of(self.translation_of)}

    def validate_translation_of(self, field: ContentField) -> None:
        """All translations name the one that was there first, so that they find each other."""
        named = field.data
        if named is None:
            return
        first = db.session.get(type(self.content), named.translation_of_id or named.id)
        if self.content.id in (named.id, first.id if first else None):
            raise ValidationError(_("That is this text itself. Name another one."))
        if self.content.id and self.content.has_translations():
            raise ValidationError(
                _("Other texts say that they are translations of this one. Name this one there instead.")
            )
        field.data = first


class CarriedForm(FlaskForm):
    byline = StringField(
        _l("Byline"),
        filters=[line],
        validators=[no_control, AtMost(BYLINE_LENGTH)],
        description=_l("In place of the authors' names, as in “From our correspondent”."),
    )
    series = SelectField(_l("Series"), filters=[line], validate_choice=False)
    series_position = NumberField(
        _l("Place in the series"),
        between=(1, LAST_PLACE),
        description=_l("Left empty, it comes after those with a number, by its date."),
    )
    cover = PictureField(
        _l("Cover picture"), description=_l("Its address in the library; it begins with /uploads/.")
    )
    cover_alt = TextAreaField(
        _l("What the cover shows"),
        filters=[line],
        validators=[no_control, AtMost(ALT_LENGTH)],
        description=_l("For those who do not see it. Left empty, it counts as decoration."),
    )
    cover_focus_x = NumberField(_l("From the left"), between=(0, 100), empty=50)
    cover_focus_y = NumberField(_l("From the top"), between=(0, 100), empty=50)
    unlisted = SwitchField(
        _l("Hide from the home page and feeds"),
        description=_l("Whoever has the address, or looks through a tag or the archive, finds it."),
    )
    allow_comments = SwitchField(_l("Allow comments"))

    CARRIED = (
        "byline", "series", "series_position", "cover", "cover_alt", "cover_focus_x", "cover_focus_y",
        "unlisted", "allow_comments",
    )  # fmt: skip

    all_series: dict[str, Series]

    def offer_series(self) -> None:
        self.all_series = {
            one.slug: one for one in db.session.scalars(db.select(Series).order_by(*Series.by_name()))
        }
        self.series.choices = [("", _("None")), *((slug, one.name) for slug, one in self.all_series.items())]

    @staticmethod
    def carried_stored(working: dict[str, Any]) -> dict[str, Any]:
        series_id = working["series_id"]
        series = db.session.get(Series, series_id) if series_id else None
        return {
            "series": series.slug if series else "",
            "cover": upload_of(working["cover_id"]),
        }

    def carried_changes(self) -> dict[str, Any]:
        series = self.all_series.get(self.series.data)
        plain = ("byline", "cover_alt", "cover_focus_x", "cover_focus_y", "unlisted", "allow_comments")
        return {name: self[name].data for name in plain} | {
            "series_id": series.id if series else None,
            "series_position": self.series_position.data if series else None,
            "cover_id": id_of(self.cover),
        }

    def validate_series(self, field: SelectField) -> None:
        if field.data and field.data not in self.all_series:
            raise ValidationError(_("Choose a series from the list."))


def upload_of(id: int | None) -> Upload | None:
    return db.session.get(Upload, id) if id else None


def id_of(field: PictureField | ContentField) -> int | None:
    return field.data.id if field.data else None
