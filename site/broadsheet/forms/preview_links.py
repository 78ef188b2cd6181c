"""The form of a preview link."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import defer, joinedload
from wtforms import BooleanField, SelectField, StringField, ValidationError

from broadsheet.extensions import db
from broadsheet.forms.fields import MomentField, no_control
from broadsheet.lib import clock
from broadsheet.models import Reason, Revision
from broadsheet.models.preview_link import LABEL_LENGTH, LONGEST
from broadsheet.web.fields import AtMost, line
from broadsheet.web.filters import datetime_
from broadsheet.web.kinds import Content

NEWEST = ""  # the link follows each save
CHOICES_OF_REVISIONS = 30
UNTIL = "until"
LIFETIMES = {"1": _l("One day"), "7": _l("A week"), "30": _l("30 days"), UNTIL: _l("Until the date below")}


class PreviewLinkForm(FlaskForm):
    label = StringField(
        _l("Whom it is for"),
        [no_control, AtMost(LABEL_LENGTH)],
        [line],
        description=_l("Only you and your colleagues read this."),
    )
    revision = SelectField(_l("What it shows"), validate_choice=False)
    lifetime = SelectField(_l("How long"), choices=lambda: list(LIFETIMES.items()), default="7")
    expires_at = MomentField(_l("Until"))
    may_note = BooleanField(_l("Guests may leave notes"))

    def __init__(self, content: Content, **options: Any) -> None:
        super().__init__(**options)
        query = content.revisions.select().where(Revision.reason != Reason.AUTOSAVED)
        loading = defer(Revision.body), defer(Revision.summary), joinedload(Revision.author)
        self.revisions = {
            str(one.id): one
            for one in db.session.scalars(query.options(*loading).limit(CHOICES_OF_REVISIONS))
        }
        if self.expires_at.data and not self.lifetime.raw_data:  # as a program says it
            self.lifetime.data = UNTIL
        self.revision.choices = [
            (NEWEST, _("Always the newest save")),
            *((id, version_words(one)) for id, one in self.revisions.items()),
        ]

    def validate_revision(self, field: SelectField) -> None:
        if field.data and field.data not in self.revisions:
            raise ValidationError(_("Choose a version from the list."))

    def validate_expires_at(self, field: MomentField) -> None:
        if self.lifetime.data != UNTIL:
            return
        if field.data is None:
            raise ValidationError(_("Write the date until which it works."))
        if field.data <= clock.now():
            raise ValidationError(_("That moment is over already."))
        if field.data > clock.now() + LONGEST:
            raise ValidationError(_("A link works for a year at most."))

    @property
    def end(self) -> datetime:
        if self.lifetime.data == UNTIL and self.expires_at.data:
            return self.expires_at.data
        return clock.now() + timedelta(days=int(self.lifetime.data))


def version_words(revision: Revision) -> str:
    when = datetime_(revision.created_at)
    words = _("Version %(version)s, saved %(when)s", version=revision.version, when=when)
    return f"{words} ({revision.name})" if revision.name else words
