"""Visits: how much is read, by day, post and referrer, of the whole site or of an author's own posts."""

import datetime as dt
from typing import Any, NamedTuple

from flask import Blueprint
from flask_login import current_user

from broadsheet.blueprints.api.listing import wanted_number
from broadsheet.blueprints.api.operations import FIELDS, Parameter, operation, shown
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Visit
from broadsheet.models.visit import REFERRERS_KEPT
from broadsheet.web.filters import zone
from broadsheet.web.public_address import absolute_url

blueprint = Blueprint("visits", __name__, url_prefix="/visits")

USUAL = 30
MOST_NAMED = 20  # posts and referrers

DAY = Representation(
    "DayOfVisits",
    "A day, in the time zone of the site.",
    (
        attribute("date", str, "As in 2027-05-31."),
        attribute("views", int, "Pages that were shown."),
        attribute(
            "visits",
            int,
            "Of these, those to which readers came from elsewhere. Null of one's own posts.",
            or_null=True,
        ),
    ),
)
READ = Representation(
    "ReadPost",
    "A post, and how often it was shown.",
    (
        attribute("id", int),
        attribute("title", str),
        attribute("url", str, get=lambda one: absolute_url(f"/post/{one.id}/{one.slug}")),
        attribute("views", int, get=lambda one: int(one.views)),
    ),
)
REFERRER = Representation(
    "Referrer",
    "Where readers came from.",
    (attribute("host", str, "“…” stands for those that are not kept by name."), attribute("visits", int)),
)
VISITS = Representation(
    "Visits",
    "What was read since a day, today included. Nothing is known about the readers.",
    (
        attribute("of", str, "site, or own: the posts of the token's person, who may not see more."),
        attribute("since", str, "As in 2027-05-31."),
        attribute("days", [DAY], "Those on which anything was read; the oldest first."),
        attribute("posts", [READ], f"The {MOST_NAMED} that were read most."),
        attribute("referrers", [REFERRER], f"The {MOST_NAMED} from which most came."),
    ),
)


@blueprint.get("")
@operation(
    "Read what was read",
    gives=VISITS,
    parameters=(
        Parameter(
            "days",
            "Of how many days, with today.",
            {"type": "integer", "minimum": 1, "maximum": REFERRERS_KEPT, "default": USUAL},
        ),
        FIELDS,
    ),
)
def show() -> dict[str, Any]:
    today = clock.now().astimezone(zone()).date()
    since = today - dt.timedelta(days=asked_days() - 1)
    return shown(VISITS, Since(since, today, Visit.author_for(current_user)))


def asked_days() -> int:
    return wanted_number("days", USUAL, 1, REFERRERS_KEPT)


class Day(NamedTuple):
    date: str
    views: int
    visits: int | None


class Referrer(NamedTuple):
    host: str
    visits: int


class Since:
    """What was read since a day, of the whole site or of an author's posts; each part is read when it is
    told."""

    def __init__(self, first: dt.date, today: dt.date, author_id: int | None) -> None:
        self._first, self._today, self._author_id = first, today, author_id
        self.of, self.since = "site" if author_id is None else "own", first.isoformat()

    @property
    def days(self) -> list[Day]:
        rows = db.session.execute(Visit.by_day(self._first, self._author_id)).all()
        return [
            Day(day.isoformat(), int(views), int(visits) if self._author_id is None else None)
            for day, views, visits in sorted(rows, key=lambda row: row[0])
        ]

    @property
    def posts(self) -> list[Any]:
        query = Visit.most_read(self._first, self._today, self._author_id)
        return list(db.session.execute(query.limit(MOST_NAMED)))

    @property
    def referrers(self) -> list[Referrer]:
        query = Visit.referrers(self._first, self._author_id).limit(MOST_NAMED)
        return [Referrer(host, int(visits)) for host, visits in db.session.execute(query)]
