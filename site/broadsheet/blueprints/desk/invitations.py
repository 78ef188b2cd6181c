"""Invitations: a link by which somebody, or the person behind a byline, gets an account with a role."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from broadsheet.extensions import db
from broadsheet.forms.invitations import InvitationForm
from broadsheet.forms.roles import ROLES
from broadsheet.models import Invitation, User

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations")

# Where the link waits for the one page that shows it: only its digest is stored.
LINK = "invitation_link"


@blueprint.get("")
def index() -> ResponseReturnValue:
    link = session.pop(LINK, None)
    return page(InvitationForm(), wanted_byline(), link), {"Cache-Control": "no-store"}


@blueprint.post("")
def create() -> ResponseReturnValue:
    form, byline = InvitationForm(), wanted_byline()
    if not form.validate():
        return page(form, byline), 422
    _invitation, link = form.invite(byline)
    db.session.commit()
    session[LINK] = {"url": link, "email": form.email.data}
    flash(_("The invitation for %(email)s is ready.", email=form.email.data), "success")
    return redirect(url_for("desk.invitations.index"), 303)


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    invitation = db.one_or_404(Invitation.open().where(Invitation.id == id))
    invitation.withdraw()
    db.session.commit()
    flash(_("The invitation is withdrawn: its link no longer works."), "success")
    return redirect(url_for("desk.invitations.index"), 303)


def wanted_byline() -> User | None:
    """Whose byline gets the account, if the address of this page names one."""
    username = request.args.get("byline")
    return db.one_or_404(User.bylines().where(User.username == username)) if username else None


def page(form: InvitationForm, byline: User | None, link: dict[str, str] | None = None) -> str:
    people = joinedload(Invitation.invited_by), joinedload(Invitation.user)
    invitations = db.session.scalars(Invitation.open().options(*people).order_by(Invitation.id.desc())).all()
    return render_template(
        "desk/invitations/index.html",
        form=form,
        byline=byline,
        link=link,
        invitations=invitations,
        roles=ROLES,
    )
