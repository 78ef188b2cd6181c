"""The form in which tags and series are described."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField, ValidationError

from broadsheet.forms.fields import PictureField, no_control, slug_is_well_formed
from broadsheet.models import Series, Tag
from broadsheet.models.topic import SLUG_LENGTH, Topic
from broadsheet.web.fields import AtMost, Required, line, lines

DESCRIPTION_LENGTH = 10_000


class TopicForm(FlaskForm):
    name = StringField(_l("Name"), [Required(), no_control], [line])
    slug = StringField(
        _l("Address"),
        [no_control, AtMost(SLUG_LENGTH)],
        [line],
        description=_l("The last part of the address. Left empty, it is made from the name."),
    )
    description = TextAreaField(
        _l("Description"),
        [no_control, AtMost(DESCRIPTION_LENGTH)],
        [lines],
        description=_l("Stands on top of its page. Markdown."),
    )
    picture = PictureField(
        _l("Picture"), description=_l("Its address in the library; it begins with /uploads/.")
    )

    def __init__(self, kind: type[Topic], topic: Any, name_length: int, **options: Any) -> None:
        super().__init__(obj=topic, **options)
        self.kind, self.topic, self.name_length = kind, topic, name_length

    def values(self) -> dict[str, Any]:
        """What `create` and `change` take."""
        names = ("name", "slug", "description", "picture")
        return {name: self[name].data for name in names}

    def validate_name(self, field: StringField) -> None:
        AtMost(self.name_length)(self, field)
        if not self.kind.slug_of(field.data):
            raise ValidationError(_("“%(name)s” has no letter and no digit.", name=field.data))
        if self.kind is Tag and "," in field.data:
            raise ValidationError(_("A tag has no comma: commas divide the tags of a post."))
        if self._other() and not self.slug.data:
            raise ValidationError(self._taken())

    def validate_slug(self, field: StringField) -> None:
        if field.data and (self.topic is None or field.data != self.topic.slug):
            slug_is_well_formed(field.data, SLUG_LENGTH)
        if field.data and self._other():
            raise ValidationError(self._taken())

    def _other(self) -> Topic | None:
        return self.kind.namesake(
            self.name.data, self.slug.data or self.kind.slug_of(self.name.data), but=self.topic
        )

    def _taken(self) -> str:
        other = self._other()
        name = other.name if other else ""
        if self.kind is Series:
            return str(_("There is “%(name)s” already. Choose other words.", name=name))
        return str(_("There is “%(name)s” already. Choose other words, or merge the two.", name=name))
