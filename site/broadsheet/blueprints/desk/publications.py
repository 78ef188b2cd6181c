"""Publications: a post or page becomes public, now or at a time, and is taken back."""

from flask import Blueprint, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.concerns import concerns_of_withdrawal, unless_confirmed
from broadsheet.blueprints.desk.forms import ContentForm, form_for
from broadsheet.blueprints.desk.kinds import Content, Kind, held_or_404, held_or_new, require_publisher
from broadsheet.blueprints.desk.saving import back_to_editor, editor, save, save_typed
from broadsheet.blueprints.desk.ticked import is_number, moment
from broadsheet.extensions import db
from broadsheet.models.content import State, Status
from broadsheet.web.filters import datetime_
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("publications", __name__)


@blueprint.post("/<kind:kind>/new/publication", defaults={"id": None})
@blueprint.post("/<kind:kind>/<int:id>/publication")
def create(kind: Kind, id: int | None) -> ResponseReturnValue:
    """Publishes, at `published_at` if that is to come. The editor sends its whole form here, so that what was
    just typed is saved and published with one press; what a bare POST leaves out stays as it was saved
    last."""
    content = held_or_new(kind, id)
    was_public = content.is_published
    was_at = content.path if content.was_ever_public else None
    form = form_for(content)
    if not current_user.can_publish(content):
        return not_yours(content, form), 403
    if refusal := save(content, form, to_publish=True):
        return refusal
    content.publish(form.published_at.data)
    db.session.commit()
    flash(words(content, was_public=was_public, was_at=was_at), "success")
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/publication/delete")
def destroy(kind: Kind, id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    require_publisher(content)
    if refusal := save_typed(content, form_for(content)):
        return refusal
    if answer := unless_confirmed(content, concerns_of_withdrawal(content), _("Unpublish it all the same")):
        db.session.commit()  # what was typed stays, however this is decided
        return answer
    was = {"version": str(content.shown_version)}
    was |= {name: at.isoformat() for name in content.DATES if (at := getattr(content, name))}
    content.unpublish()
    db.session.commit()
    flash_with_undo(
        _("Unpublished. It is a draft again; readers no longer see it."),
        url_for("desk.publications.restore", kind=kind, id=id),
        was,
    )
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/publication/undo")
def restore(kind: Kind, id: int) -> ResponseReturnValue:
    """Takes back that it was unpublished: the same version, the same times, the same changes held."""
    content = held_or_404(kind, id)
    require_publisher(content)
    version, at = request.form.get("version", ""), moment(request.form.get("published_at", ""))
    if not is_number(version) or at is None:
        abort(400)
    content.publish_again(int(version), at, moment(request.form.get("expires_at", "")))
    db.session.commit()
    flash(_("It is as it was before you unpublished it."), "success")
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/publication/end")
def end(kind: Kind, id: int) -> ResponseReturnValue:
    """Sets, moves or takes away the end of what is public or scheduled; what was typed is held back."""
    content = held_or_404(kind, id)
    require_publisher(content)
    form = form_for(content)
    if refusal := save(content, form):
        return refusal
    if content.status == Status.PUBLISHED:
        content.end(form.expires_at.data)
    db.session.commit()
    flash(words_about_the_end(content), "success")
    return back_to_editor(content)


def not_yours(content: Content, form: ContentForm) -> str:
    """The editor again, with every word of it."""
    form.validate()
    form.form_errors.append(
        _("On this site an editor publishes. Send it for review; what you typed is still here.")
    )
    return editor(content, form)


def words_about_the_end(content: Content) -> str:
    if content.expires_at is None:
        return _("Readers see it without an end.")
    return _("Readers see it until %(when)s.", when=datetime_(content.expires_at))


def words(content: Content, *, was_public: bool, was_at: str | None) -> str:
    done = standing(content, was_public=was_public)
    if was_at in (None, content.path):
        return done
    return f"{done} {_('The former address %(path)s leads there.', path=was_at)}"


def standing(content: Content, *, was_public: bool) -> str:
    if was_public:
        return _("The changes are published. Readers see them at %(path)s.", path=content.path)
    if content.state == State.SCHEDULED and content.published_at:
        return _("Scheduled: readers will see it from %(when)s on.", when=datetime_(content.published_at))
    return _("Published. Readers see it at %(path)s.", path=content.path)
