"""Numbers that are given once. What is deleted leaves its number in addresses, in programs and in the audit
log, where it must not come to mean something else.

PostgreSQL and MariaDB give none twice. SQLite gives the one behind the highest that is there, and so that of
the last one again once it is deleted (sqlite.org/autoinc.html).
"""

from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm.attributes import instance_state

from broadsheet.database import Session
from broadsheet.models.event import Event
from broadsheet.models.page import Page
from broadsheet.models.post import Post
from broadsheet.models.series import Series
from broadsheet.models.tag import Tag
from broadsheet.models.upload import Upload
from broadsheet.models.webhook import Webhook

NUMBERED_ONCE: tuple[Any, ...] = (Post, Page, Tag, Series, Upload, Webhook)


@event.listens_for(Session, "before_flush")
def number(session: Session, _context: object, _instances: object) -> None:
    """Each that is new gets the number behind all that were ever given, as the audit log remembers them."""
    if not session.new or session.get_bind().dialect.name != "sqlite":
        return
    for kind in NUMBERED_ONCE:
        unnumbered = [one for one in session.new if type(one) is kind and one.id is None]
        if unnumbered:
            last = last_number(session, kind)
            in_order = sorted(unnumbered, key=lambda one: instance_state(one).insert_order or 0)
            for offset, one in enumerate(in_order, 1):
                one.id = last + offset


def last_number(session: Session, kind: Any) -> int:
    named = select(func.max(Event.subject_id)).where(Event.subject_kind == kind.__name__.lower())
    there = select(func.max(kind.id))
    row = session.connection().execute(select(there.scalar_subquery(), named.scalar_subquery())).one()
    return max(number or 0 for number in row)
