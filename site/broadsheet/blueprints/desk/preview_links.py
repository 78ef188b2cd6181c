"""Preview links, which show a draft to somebody without an account; what they lead to: ../previews.py."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.forms.preview_links import PreviewLinkForm
from broadsheet.models import PreviewLink
from broadsheet.web import preview_links
from broadsheet.web.filters import own_zone
from broadsheet.web.kinds import Content, Kind, editable_or_404
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("preview_links", __name__, url_prefix="/<kind:kind>/<int:id>/preview-links")


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


def page(content: Content, form: PreviewLinkForm) -> str:
    return render_template(
        "desk/preview_links/index.html",
        content=content,
        form=form,
        links=list(db.session.scalars(PreviewLink.to(content))),
        address=preview_links.address,
        zone=own_zone(),
    )
