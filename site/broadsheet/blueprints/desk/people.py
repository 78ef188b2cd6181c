"""People: who has an account or a byline, and with which role; closing an account and opening it again."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import Select, false, func

from broadsheet.blueprints.desk.search import wanted_view, wanted_words
from broadsheet.blueprints.desk.sorting import Sorting
from broadsheet.extensions import db
from broadsheet.forms.people import ONLY_ADMIN, PersonForm, is_oneself
from broadsheet.forms.roles import ROLES
from broadsheet.models import ApiToken, Post, User
from broadsheet.models.second_factors import factors_of
from broadsheet.web.current_site import site
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
    form.store()
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("desk.people.edit", id=id), 303)


@blueprint.post("/<int:id>/suspension")
def suspend(id: int) -> ResponseReturnValue:
    person = db.get_or_404(User, id)
    if not current_user.can_suspend(person):
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
    if not current_user.can_unlock(person):
        abort(403)
    person.remove_second_factors()
    db.session.commit()
    flash(
        _("%(name)s signs in by the password alone, and is signed out everywhere.", name=person.name),
        "success",
    )
    return redirect(url_for("desk.people.edit", id=id), 303)


@blueprint.post("/<int:id>/tokens/delete")
def revoke_tokens(id: int) -> ResponseReturnValue:
    person = db.get_or_404(User, id)
    if is_oneself(person):  # one's own are at /account
        abort(403)
    ended = ApiToken.revoke_all(person, by=current_user)
    db.session.commit()
    flash(
        ngettext("One token opens nothing any more.", "%(num)d tokens open nothing any more.", ended),
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
        tokens=ApiToken.count(person),
        is_demanded=site.demands_second_factor_of(person.role),
    )
