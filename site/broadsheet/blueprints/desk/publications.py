"""Publications: a post or page becomes public, now or at a time, and is taken back."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData

from broadsheet.blueprints.desk.concerns import unless_confirmed
from broadsheet.blueprints.desk.saving import back_to_editor, editor, save, save_typed
from broadsheet.extensions import db
from broadsheet.forms.concerns import concerns_of_withdrawal
from broadsheet.forms.content import ContentForm, form_for
from broadsheet.models.content import State, Status
from broadsheet.web.errors import wants_json
from broadsheet.web.filters import datetime_
from broadsheet.web.kinds import (
    Content,
    Kind,
    held_or_404,
    held_or_new,
    only_editors_publish,
    require_publisher,
)
from broadsheet.web.signing import signer
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("publications", __name__)

UNPUBLISHED = "unpublished"  # for what is signed


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
        return not_yours(content, form)
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
    if content.status == Status.DRAFT:
        db.session.commit()
        flash(_("It is a draft already."), "message")
        return back_to_editor(content)
    if answer := unless_confirmed(content, concerns_of_withdrawal(content), _("Unpublish it all the same")):
        db.session.commit()  # what was typed stays, however this is decided
        return answer
    was = what_was(content)
    content.unpublish()
    db.session.commit()
    flash_with_undo(
        _("Unpublished. It is a draft again; readers no longer see it."),
        url_for("desk.publications.restore", kind=kind, id=id),
        {"was": was},
    )
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/publication/undo")
def restore(kind: Kind, id: int) -> ResponseReturnValue:
    """Takes back that it was unpublished: the same version, the same times, the same changes held. What
    somebody has saved since is nobody's to publish by the way."""
    content = held_or_404(kind, id)
    require_publisher(content)
    was = remembered(content) or abort(400)
    if was["version"] != content.version:
        flash(_("It was changed since, and stays a draft. Publish it when readers are to see it."), "warning")
        return back_to_editor(content)
    content.publish_again(was["shown"], *(at and datetime.fromisoformat(at) for at in was["times"]))
    db.session.commit()
    flash(words_about_taking_back(content, was["path"]), "success")
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


def not_yours(content: Content, form: ContentForm) -> ResponseReturnValue:
    """The editor again, with every word of it."""
    words = only_editors_publish()
    if wants_json():
        return jsonify(status=403, detail=words), 403
    form.validate()
    form.form_errors.append(f"{words} {_('What you typed is still here.')}")
    return editor(content, form), 403


def what_was(content: Content) -> str:
    """What taking back needs to know, signed: made up, it would publish any version with any byline."""
    times = [at and at.isoformat() for at in (content.published_at, content.expires_at)]
    was = {
        "of": [content.kind, content.id],
        "path": content.path,
        "version": content.version,
        "shown": content.shown_version,
        "times": times,
    }
    return str(signer(UNPUBLISHED).dumps(was))


def remembered(content: Content) -> dict[str, Any] | None:
    try:
        was: dict[str, Any] = signer(UNPUBLISHED).loads(request.form.get("was", ""))
    except BadData:
        return None
    return was if was["of"] == [content.kind, content.id] else None


def words_about_taking_back(content: Content, path: str) -> str:
    if content.path == path:
        return _("It is as it was before you unpublished it.")
    return _(
        "Something else stands at %(former)s by now. Readers see it at %(path)s.",
        former=path,
        path=content.path,
    )


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
