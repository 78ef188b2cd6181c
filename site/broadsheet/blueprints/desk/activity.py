"""Activity: the audit log, who did what, when and from where; searched, narrowed, and taken along as CSV."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import Select
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from broadsheet.blueprints.desk.event_words import WORDS, detail, told
from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.extensions import db
from broadsheet.models import Event, User
from broadsheet.web.downloads import csv_download, in_portions
from broadsheet.web.filters import own_zone, timestamp
from broadsheet.web.pagination import paginate

blueprint = Blueprint("activity", __name__, url_prefix="/activity")

PER_PAGE = 50
ROWS_AT_ONCE = 1000  # of an export: so much is in memory, however long the log is
EVERYBODY, STRANGERS = "", "0"


class FilterForm(FlaskForm):
    class Meta:
        csrf = False  # it only reads

    who = SelectField(_l("Who"))
    what = SelectField(_l("What"))
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("Until"), [Optional()])

    def __init__(self) -> None:
        super().__init__(request.args)
        self.words = wanted_words()
        people = db.session.execute(
            User.with_login().with_only_columns(User.id, User.name).order_by(User.name)
        )
        self.who.choices = [
            (EVERYBODY, _("Everybody")),
            (STRANGERS, _("Without an account")),
            *((str(id), name) for id, name in people),
        ]
        self.what.choices = [("", _("Everything")), *WORDS.items()]
        for field in (self.who, self.what):  # an address without a filter means all
            field.data = field.data or ""

    def narrow(self, query: Select[Any]) -> Select[Any]:
        if self.words:
            query = query.where(Event.matching(self.words))
        if self.who.data == STRANGERS:
            query = query.where(Event.actor_id.is_(None))
        elif self.who.data:
            query = query.where(Event.actor_id == int(self.who.data))
        if self.what.data:
            query = query.where(Event.action == self.what.data)
        if self.since.data:
            query = query.where(Event.at >= midnight(self.since.data))
        if self.until.data:
            query = query.where(Event.at < midnight(self.until.data + timedelta(days=1)))
        return query

    @property
    def arguments(self) -> dict[str, Any]:
        return {name: request.args.get(name) or None for name in ("q", "who", "what", "since", "until")}


@blueprint.get("")
def index() -> ResponseReturnValue:
    form = FilterForm()
    is_right = form.validate()
    query = Event.newest_first()
    pagination = paginate(form.narrow(query) if is_right else query.where(db.false()), PER_PAGE)
    page = render_template(
        "desk/activity/index.html", form=form, pagination=pagination, events=told(pagination.items)
    )
    return page, 200 if is_right else 422


@blueprint.get("/export")
def export() -> ResponseReturnValue:
    """What the filters leave, as CSV. It is sent while it is read: the log of ten years needs no memory."""
    form = FilterForm()
    if not form.validate():
        return redirect(url_for("desk.activity.index", **form.arguments), 303)
    head = [_("When"), _("Who"), _("What"), _("Event"), _("Subject"), _("Detail"), _("From where")]
    words = {action: str(said) for action, said in WORDS.items()}
    nobody = {True: _("A visitor"), False: _("The command line")}
    query = form.narrow(db.select(*Event.__table__.c))
    events = in_portions(query, db.engine, by=Event.id, size=ROWS_AT_ONCE)
    return csv_download("activity", head, (row(event, words, nobody) for event in events))


def row(event: Any, words: dict[str, str], nobody: dict[bool, str]) -> tuple[Any, ...]:
    return (
        timestamp(event.at),
        event.actor_name or nobody[bool(event.address)],
        words.get(event.action, event.action),
        event.action,
        event.subject_label,
        detail(event),
        event.address,
    )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), own_zone())
