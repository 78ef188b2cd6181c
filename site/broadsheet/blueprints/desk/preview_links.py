"""Preview links, which show a draft to somebody without an account; what they lead to: ../previews.py."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy.orm import defer, joinedload
from wtforms import BooleanField, SelectField, StringField, ValidationError

from broadsheet.blueprints.desk.fields import MomentField, no_control
from broadsheet.blueprints.desk.kinds import Content, Kind, editable_or_404
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import PreviewLink, Reason, Revision
from broadsheet.models.preview_link import LABEL_LENGTH, LONGEST
from broadsheet.web import preview_links
from broadsheet.web.fields import AtMost, line
from broadsheet.web.filters import datetime_, own_zone
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("preview_links", __name__, url_prefix="/<kind:kind>/<int:id>/preview-links")

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

    def __init__(self, content: Content) -> None:
        super().__init__()
        query = content.revisions.select().where(Revision.reason != Reason.AUTOSAVED)
        options = defer(Revision.body), defer(Revision.summary), joinedload(Revision.author)
        self.revisions = {
            str(one.id): one
            for one in db.session.scalars(query.options(*options).limit(CHOICES_OF_REVISIONS))
        }
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


@blueprint.get("")
def index(kind: Kind, id: int) -> str:
    content = editable_or_404(kind, id)
    return page(content, PreviewLinkForm(content))


@blueprint.post("")
def create(kind: Kind, id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    form = PreviewLinkForm(content)
    if not form.validate():
        return page(content, form), 422
    PreviewLink.create(
        content,
        by=current_user._get_current_object(),
        expires_at=form.end,
        label=form.label.data,
        revision=form.revisions.get(form.revision.data),
        may_note=form.may_note.data,
    )
    db.session.commit()
    flash(_("The link is ready. Copy it from the list, and send it to whoever shall read."), "success")
    return back(content)


@blueprint.post("/<int:link_id>/revocation")
def revoke(kind: Kind, id: int, link_id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    link_or_404(content, link_id).revoke()
    db.session.commit()
    flash_with_undo(
        _("The link shows nothing any more."),
        url_for("desk.preview_links.reinstate", kind=content.kind, id=content.id, link_id=link_id),
    )
    return back(content)


@blueprint.post("/<int:link_id>/revocation/delete")
def reinstate(kind: Kind, id: int, link_id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    link_or_404(content, link_id).reinstate()
    db.session.commit()
    flash(_("The link works again."), "success")
    return back(content)


def link_or_404(content: Content, id: int) -> PreviewLink:
    return db.one_or_404(PreviewLink.to(content).where(PreviewLink.id == id))


def back(content: Content) -> ResponseReturnValue:
    return redirect(url_for("desk.preview_links.index", kind=content.kind, id=content.id), 303)


def version_words(revision: Revision) -> str:
    when = datetime_(revision.created_at)
    words = _("Version %(version)s, saved %(when)s", version=revision.version, when=when)
    return f"{words} ({revision.name})" if revision.name else words


def page(content: Content, form: PreviewLinkForm) -> str:
    return render_template(
        "desk/preview_links/index.html",
        content=content,
        form=form,
        links=list(db.session.scalars(PreviewLink.to(content))),
        address=preview_links.address,
        zone=own_zone(),
    )
