"""Publications: a post or page becomes public, now or at a time, and is taken back."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.concerns import concerns_of_withdrawal, unless_confirmed
from broadsheet.blueprints.desk.forms import ContentForm
from broadsheet.blueprints.desk.kinds import Content, Kind, held_or_404, held_or_new, require_publisher
from broadsheet.blueprints.desk.saving import back_to_editor, editor, form_for, save
from broadsheet.extensions import db
from broadsheet.models.content import State
from broadsheet.web.filters import datetime_

blueprint = Blueprint("publications", __name__)


@blueprint.post("/<kind:kind>/new/publication", defaults={"id": None})
@blueprint.post("/<kind:kind>/<int:id>/publication")
def create(kind: Kind, id: int | None) -> ResponseReturnValue:
    """Publishes, at `published_at` if that is to come. The editor sends its whole form here, so that what was
    just typed is saved and published with one press; what a bare POST leaves out stays as it was saved
    last."""
    content = held_or_new(kind, id)
    was_public = content.is_published
    form = form_for(content)
    if not current_user.can_publish(content):
        return not_yours(content, form), 403
    if refusal := save(content, form, to_publish=True):
        return refusal
    content.publish(form.published_at.data)
    db.session.commit()
    flash(words(content, was_public=was_public), "success")
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/publication/delete")
def destroy(kind: Kind, id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    require_publisher(content)
    if answer := unless_confirmed(content, concerns_of_withdrawal(content), _("Unpublish it all the same")):
        return answer
    content.unpublish()
    db.session.commit()
    flash(_("Unpublished. It is a draft again; readers no longer see it."), "success")
    return back_to_editor(content)


def not_yours(content: Content, form: ContentForm) -> str:
    """The editor again, with every word of it."""
    form.validate()
    form.form_errors.append(
        _("On this site an editor publishes. Send it for review; what you typed is still here.")
    )
    return editor(content, form)


def words(content: Content, *, was_public: bool = False) -> str:
    if was_public:
        return _("The changes are published. Readers see them at %(path)s.", path=content.path)
    if content.state == State.SCHEDULED and content.published_at:
        return _("Scheduled: readers will see it from %(when)s on.", when=datetime_(content.published_at))
    return _("Published. Readers see it at %(path)s.", path=content.path)
