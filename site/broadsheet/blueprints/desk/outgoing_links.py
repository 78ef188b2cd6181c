"""Links to other sites: those that lead nowhere any more, with the texts in which they stand."""

from collections import defaultdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from broadsheet import jobs
from broadsheet.blueprints.desk.search import wanted_view
from broadsheet.extensions import db
from broadsheet.forms.concerns import Mention, mentions, with_text
from broadsheet.jobs import link_checks
from broadsheet.models import Link, OutgoingAddress
from broadsheet.web.pagination import paginate

blueprint = Blueprint("outgoing_links", __name__, url_prefix="/links")

PER_PAGE = 30
ARCHIVE = "https://web.archive.org/web/"  # shows the newest copy of what follows

VIEWS = {
    "dead": (_l("Dead"), OutgoingAddress.dead),
    "failing": (_l("In doubt"), OutgoingAddress.failing),
    "ignored": (_l("Ignored"), OutgoingAddress.set_aside),
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    problems: list[str] = []
    view = wanted_view("view", VIEWS, problems, "dead")
    query = VIEWS[view][1]().order_by(OutgoingAddress.dead_since, OutgoingAddress.id)
    count = counts()
    pagination = paginate(query.where(db.false()) if problems else query, PER_PAGE, total=count[view])
    page = render_template(
        "desk/outgoing_links/index.html",
        pagination=pagination,
        texts=texts_with(pagination.items),
        view=view,
        tabs=tabs("" if problems else view, count),
        problems=problems,
        is_on=link_checks.is_on(),
        archive=ARCHIVE,
    )
    return page, 422 if problems else 200


@blueprint.post("/<int:id>/check")
def check(id: int) -> ResponseReturnValue:
    address = db.get_or_404(OutgoingAddress, id)
    jobs.later(link_checks.check, address.id)
    db.session.commit()
    flash(_("It is being looked at. In a moment this page tells what was found."), "success")
    return redirect(url_for("desk.outgoing_links.index"), 303)


@blueprint.post("/<int:id>/ignored")
def ignore(id: int) -> ResponseReturnValue:
    db.get_or_404(OutgoingAddress, id).ignore()
    db.session.commit()
    flash(_("The link is left alone from now on."), "success")
    return redirect(url_for("desk.outgoing_links.index"), 303)


@blueprint.post("/<int:id>/ignored/delete")
def heed(id: int) -> ResponseReturnValue:
    db.get_or_404(OutgoingAddress, id).heed()
    db.session.commit()
    flash(_("The link is looked at again."), "success")
    return redirect(url_for("desk.outgoing_links.index", view="ignored"), 303)


def counts() -> dict[str, int]:
    each = (query().with_only_columns(func.count()).scalar_subquery() for _label, query in VIEWS.values())
    return dict(zip(VIEWS, db.session.execute(select(*each)).one(), strict=True))


def tabs(view: str, count: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": url_for("desk.outgoing_links.index", view=None if name == "dead" else name),
            "count": count[name],
            "current": name == view,
        }
        for name, (label, _query) in VIEWS.items()
    ]


def texts_with(addresses: list[OutgoingAddress]) -> dict[int, tuple[Mention, ...]]:
    """The texts in which each of them stands; one query."""
    links = defaultdict(list)
    ids = [address.id for address in addresses]
    for link in db.session.scalars(
        with_text(select(Link).where(Link.outgoing_id.in_(ids)).order_by(Link.id))
    ):
        links[link.outgoing_id].append(link)
    return {id: mentions(found) for id, found in links.items()}
