"""Activity: the audit log, who did what, when and from where."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import Select
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from broadsheet.blueprints.desk.deeds import WORDS, told
from broadsheet.extensions import db
from broadsheet.models import Event, User
from broadsheet.web.filters import own_zone
from broadsheet.web.pagination import paginate

blueprint = Blueprint("activity", __name__, url_prefix="/activity")

PER_PAGE = 50
EVERYBODY, STRANGERS = "", "0"


class FilterForm(FlaskForm):
    class Meta:
        csrf = False  # it only reads

    who = SelectField(_l("Who"))
    what = SelectField(_l("What"))
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])

    def __init__(self) -> None:
        super().__init__(request.args)
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
    def arguments(self) -> dict[str, str | None]:
        return {name: request.args.get(name) or None for name in ("who", "what", "since", "until")}


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


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), own_zone())
