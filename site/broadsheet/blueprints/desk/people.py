"""People: who has an account or a byline, and with which role; closing an account and opening it again."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Select, false, func
from wtforms import EmailField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired

from broadsheet.blueprints.desk.fields import no_control
from broadsheet.blueprints.desk.roles import ROLES, role_choices
from broadsheet.blueprints.desk.search import wanted_view, wanted_words
from broadsheet.blueprints.desk.sorting import Sorting
from broadsheet.extensions import db
from broadsheet.models import Post, Role, User
from broadsheet.models.second_factors import factors_of
from broadsheet.web.current_site import site
from broadsheet.web.fields import Address, AtMost, Required, line, lines
from broadsheet.web.own_password import OwnPasswordForm, own_password
from broadsheet.web.pagination import paginate
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("people", __name__, url_prefix="/people")

PER_PAGE = 50
LATEST_POSTS = 10

# As the address names it → its words, and whom it shows.
VIEWS: dict[str, tuple[Any, Callable[[], Select[Any]]]] = {
    "": (_l("All"), lambda: db.select(User)),
    "accounts": (_l("With an account"), User.with_login),
    "bylines": (_l("Byline only"), User.bylines),
    "suspended": (_l("Suspended"), User.suspended),
    "password-alone": (_l("Without a second factor"), lambda: User.active().where(~User.has_any())),
}
ONLY_ADMIN = _l("This is the only admin. Make somebody else one first.")


class PersonForm(OwnPasswordForm):
    name = StringField(_l("Name"), [Required(), no_control, AtMost(120)], [line])
    email = EmailField(
        _l("E-mail address"),
        [Required(), AtMost(254), Address()],
        [line, str.lower],
        description=_l("For signing in, and for a forgotten password."),
    )
    role = RadioField(_l("Role"), [DataRequired()], choices=role_choices, coerce=Role)
    bio = TextAreaField(
        _l("About"),
        [no_control, AtMost(10_000)],
        [lines],
        description=_l("Stands on the person's page. Markdown."),
    )

    own_password = own_password(_l("Only if you change the e-mail address or the role: both open doors."))

    def __init__(self, person: User) -> None:
        super().__init__(obj=person)
        self.person = person
        # Who cannot sign in has no use for an address and no rights. One's own address is changed at
        # /account/email, where it needs its mailbox and can be taken back.
        if person.is_byline or is_oneself(person):
            del self.email, self.role, self.own_password

    def validate_email(self, field: StringField) -> None:
        if User.has_taken(field.data, but=self.person):
            raise ValidationError(_("Somebody else has this address."))

    def needs_own_password(self) -> bool:
        has_other_role = self.role is not None and self.role.data != self.person.role
        return has_other_role or self.email.data != self.person.email

    def validate_role(self, field: RadioField) -> None:
        if field.data != Role.ADMIN and self.person.is_last_admin:
            raise ValidationError(ONLY_ADMIN)


class PeopleList:
    """What the address asks for: a view, words, an order. One that does not exist is a problem (422)."""

    endpoint = "desk.people.index"

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.q, self.view = wanted_words(), wanted_view("show", VIEWS, self.problems)
        columns = {
            "name": (_("Name"), func.lower(User.name)),
            "signed-in": (_("Last sign-in"), User.last_signed_in_at),
            "posts": (_("Posts"), User.by_number_of_posts()),
        }
        self.sorting = Sorting(columns, self.problems)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"q": self.q or None, "show": self.view or None, "sort": self.sorting.asked or None}

    def query(self) -> Select[Any]:
        if self.problems:
            return db.select(User).where(false())
        query = VIEWS[self.view][1]()
        if self.sorting.asked.endswith("signed-in"):  # who never did so has no place in this order
            query = query.where(User.last_signed_in_at.is_not(None))
        if self.q:
            query = query.where(User.matching(self.q))
        return query.order_by(self.sorting.order(func.lower(User.name)), User.id)


@blueprint.get("")
def index() -> ResponseReturnValue:
    listing = PeopleList()
    pagination = paginate(listing.query(), PER_PAGE)
    page = render_template(
        "desk/people/index.html",
        listing=listing,
        pagination=pagination,
        counts=Post.count_by_author(pagination.items),
        factors=factors_of(pagination.items),
        roles=ROLES,
        views={name: label for name, (label, _people) in VIEWS.items()},
    )
    return page, 422 if listing.problems else 200


@blueprint.get("/<int:id>/edit")
def edit(id: int) -> str:
    person = db.get_or_404(User, id)
    return page(person, PersonForm(person))


@blueprint.post("/<int:id>/edit")
def update(id: int) -> ResponseReturnValue:
    person = db.get_or_404(User, id)
    form = PersonForm(person)
    if not form.validate():
        return page(person, form), 422
    if form.email:
        person.change_email(form.email.data)
    person.describe(name=form.name.data, bio=form.bio.data, links=person.links, timezone=person.timezone)
    if form.role:
        person.give_role(form.role.data)
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("desk.people.edit", id=id), 303)


@blueprint.post("/<int:id>/suspension")
def suspend(id: int) -> ResponseReturnValue:
    person = db.get_or_404(User, id)
    if is_oneself(person) or person.is_byline:
        abort(403)
    if person.is_last_admin:
        flash(ONLY_ADMIN, "error")
        return redirect(url_for("desk.people.edit", id=id), 303)
    person.suspend()
    db.session.commit()
    flash_with_undo(
        _("%(name)s can no longer sign in.", name=person.name), url_for("desk.people.reinstate", id=id)
    )
    return redirect(url_for("desk.people.edit", id=id), 303)


@blueprint.post("/<int:id>/suspension/delete")
def reinstate(id: int) -> ResponseReturnValue:
    person = db.get_or_404(User, id)
    person.reinstate()
    db.session.commit()
    flash(_("%(name)s can sign in again.", name=person.name), "success")
    return redirect(url_for("desk.people.edit", id=id), 303)


@blueprint.post("/<int:id>/second-factors/delete")
def remove_second_factors(id: int) -> ResponseReturnValue:
    person = db.get_or_404(User, id)
    if is_oneself(person):  # one's own are at /account
        abort(403)
    person.remove_second_factors()
    db.session.commit()
    flash(
        _("%(name)s signs in by the password alone, and is signed out everywhere.", name=person.name),
        "success",
    )
    return redirect(url_for("desk.people.edit", id=id), 303)


def page(person: User, form: PersonForm) -> str:
    posts = Post.count_by_author([person]).get(person.id, 0)
    latest = Post.editable_by(current_user).where(Post.with_author(person), Post.trashed_at.is_(None))
    latest = latest.options(*Post.for_a_list()).order_by(Post.updated_at.desc()).limit(LATEST_POSTS)
    return render_template(
        "desk/people/edit.html",
        person=person,
        form=form,
        posts=posts,
        latest=list(db.session.scalars(latest)) if posts else [],
        roles=ROLES,
        is_oneself=is_oneself(person),
        factors=person.factors,
        is_demanded=site.demands_second_factor_of(person.role),
    )


def is_oneself(person: User) -> bool:
    return bool(person.id == current_user.id)
