"""Links: where the texts of the site lead, within it and to the rest of the web.

They are those of the rendered text that readers see (or will see), written with it in one transaction:
whatever renders a text hands its links over (`Content.take_rendered`), and the flush that writes the text
writes them too, for all its texts in a handful of statements.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    delete,
    event,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.database import Session
from broadsheet.lib import clock
from broadsheet.lib.destinations import LONGEST, Inward, Outward, destination
from broadsheet.models.alias import Alias, normalised
from broadsheet.models.base import Identified, Model, UTCDateTime, db
from broadsheet.models.event import happened
from broadsheet.models.page import Page
from broadsheet.models.post import Post
from broadsheet.models.upsert import insert_or_keep

if TYPE_CHECKING:
    from broadsheet.models.content import Content

URL_LENGTH = LONGEST
PATH_LENGTH = 500
AT_ONCE = 500  # values of one statement
SHOWN = 50  # texts that a list names

# A rule that can be stated: dead is what failed this often in a row, over this long at least.
DEAD_AFTER_FAILURES = 4
DEAD_AFTER = timedelta(days=3)
RECHECK_LIVING = timedelta(days=30)
RECHECK_DEAD = timedelta(days=7)
LATEST = RECHECK_LIVING + timedelta(days=1)  # what is due later was noted while the clock was wrong
RECHECK_FAILING = (timedelta(hours=6), timedelta(days=1), timedelta(days=2))

_POST = re.compile(r"/post/(\d{1,10})(?:/.*)?")

_own_hosts: Callable[[], Set[str]] = lambda: frozenset()  # noqa: E731  none, until somebody knows better


def know_hosts(hosts: Callable[[], Set[str]]) -> None:
    """From now on `hosts` is asked under which names the site is known; links to them lead within it."""
    global _own_hosts
    _own_hosts = hosts


def own_hosts() -> Set[str]:
    return _own_hosts()


def place(path: str) -> str:
    """One spelling for each address of the site; a post is known by its number, whatever follows it."""
    if match := _POST.fullmatch(path):
        return f"/post/{int(match[1])}"
    return normalised(path)


class Link(Identified, Model):
    """One link in one text."""

    __tablename__ = "links"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    # Within the site: the path as `place` spells it, and what stands behind `#`.
    path: Mapped[str] = mapped_column(String(PATH_LENGTH), default="", index=True)
    fragment: Mapped[str] = mapped_column(String(200), default="")
    # To elsewhere: the address that is checked.
    outgoing_id: Mapped[int | None] = mapped_column(
        ForeignKey("outgoing_addresses.id", ondelete="CASCADE"), index=True
    )

    outgoing: Mapped["OutgoingAddress | None"] = relationship("OutgoingAddress")
    post: Mapped[Post | None] = relationship(Post)
    page: Mapped[Page | None] = relationship(Page)

    @classmethod
    def of(cls, content: "Content") -> Select[Self]:
        return select(cls).where(cls._stands_in(content)).order_by(cls.id)

    @classmethod
    def to(cls, content: "Content") -> Select[Self]:
        """From other texts, at any address that the content has or had."""
        addresses = select(Alias.path).where(Alias.leads_to(content))
        here = or_(cls.path == place(content.path), cls.path.in_(addresses))
        return select(cls).where(here, ~cls._stands_in(content)).order_by(cls.id)

    @classmethod
    def _stands_in(cls, content: "Content") -> ColumnElement[bool]:
        column = cls.post_id if content.kind == "post" else cls.page_id
        # Compared with NULL it would be neither true nor false.
        return and_(column.is_not(None), column == content.id)

    @property
    def text(self) -> Post | Page:
        """In which it stands."""
        found = self.post or self.page
        assert found is not None  # noqa: S101  the check constraint says so
        return found


class OutgoingAddress(Identified, Model):
    """An address of another site, once for however many texts lead there, and what was found at it."""

    __tablename__ = "outgoing_addresses"
    __table_args__ = (Index("ix_outgoing_addresses_standing", "ignored", "dead_since", "failures"),)

    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    digest: Mapped[str] = mapped_column(
        String(64), unique=True
    )  # SHA-256 of the url, which is too long to index
    host: Mapped[str] = mapped_column(String(255), index=True)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    check_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)  # next
    status: Mapped[int | None]  # of HTTP; none if nobody answered
    problem: Mapped[str] = mapped_column(String(200), default="")
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dead_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ignored: Mapped[bool] = mapped_column(default=False)  # somebody knows that it is all right

    def __str__(self) -> str:
        return self.url

    # -- queries

    @classmethod
    def linked(cls) -> Select[Self]:
        """To which a text leads that is not in the trash."""
        return select(cls).where(cls._is_linked())

    @classmethod
    def dead(cls) -> Select[Self]:
        return select(cls).where(cls.dead_since.is_not(None), cls.ignored.is_(False), cls._is_linked())

    @classmethod
    def failing(cls) -> Select[Self]:
        failing = and_(cls.failures > 0, cls.dead_since.is_(None))
        return select(cls).where(failing, cls.ignored.is_(False), cls._is_linked())

    @classmethod
    def set_aside(cls) -> Select[Self]:
        return select(cls).where(cls.ignored.is_(True), cls._is_linked())

    @classmethod
    def due(cls, now: datetime) -> Select[Self]:
        """To be looked at: what readers can follow. Whither a draft leads is nobody's business yet."""
        return (
            select(cls)
            .where(
                or_(cls.check_at <= now, cls.check_at > now + LATEST),
                cls.ignored.is_(False),
                cls._is_linked(publicly=True),
            )
            .order_by(cls.check_at, cls.id)
        )

    @classmethod
    def leave_in_peace(cls, host: str, until: datetime) -> None:
        """Whoever is there asks for patience."""
        due = (cls.host == host) & (cls.check_at < until)
        later = update(cls).where(due).values(check_at=until)
        db.session.execute(later.execution_options(synchronize_session="fetch"))

    @classmethod
    def forget_unlinked(cls) -> int:
        gone = db.session.execute(
            delete(cls)
            .where(~exists().where(Link.outgoing_id == cls.id))
            .execution_options(synchronize_session=False)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE has one

    @classmethod
    def _is_linked(cls, *, publicly: bool = False) -> ColumnElement[bool]:
        shown = (
            or_(Post.is_public(), Page.is_public())
            if publicly
            else or_(
                and_(Post.id.is_not(None), Post.trashed_at.is_(None)),
                and_(Page.id.is_not(None), Page.trashed_at.is_(None)),
            )
        )
        links = (
            select(Link.id)
            .outerjoin(Post, Post.id == Link.post_id)
            .outerjoin(Page, Page.id == Link.page_id)
            .where(Link.outgoing_id == cls.id, shown)
        )
        return links.exists()

    # -- verbs

    def answered(self, status: int) -> None:
        """Somebody is there and has the page, or keeps it from programs only: it is alive."""
        now = clock.now()
        self.checked_at, self.status, self.problem = now, status, ""
        self.failures, self.failing_since, self.dead_since = 0, None, None
        self.check_at = now + RECHECK_LIVING

    def failed(self, problem: str, status: int | None = None) -> None:
        """Nobody answers, or says that there is nothing. Dead only after several times over several days."""
        now = clock.now()
        self.checked_at, self.status, self.problem = now, status, problem[:200]
        self.failures += 1
        self.failing_since = self.failing_since or now
        if self.failures >= DEAD_AFTER_FAILURES and now - self.failing_since >= DEAD_AFTER:
            self.dead_since = self.dead_since or now
        if self.dead_since:
            self.check_at = now + RECHECK_DEAD
        else:
            self.check_at = now + RECHECK_FAILING[min(self.failures, len(RECHECK_FAILING)) - 1]

    def postpone(self, until: datetime) -> None:
        """Whoever is there asks for patience: no failure, and no answer yet."""
        self.check_at = until

    def ignore(self) -> None:
        if not self.ignored:
            self.ignored = True
            happened(signals.link_ignored, self)

    def heed(self) -> None:
        if self.ignored:
            self.ignored, self.check_at = False, clock.now()
            happened(signals.link_heeded, self)


# -- written with their texts


@event.listens_for(Session, "after_flush")
def _keep(session: Session, context: object) -> None:
    if texts := [one for one in [*session.new, *session.dirty] if getattr(one, "leads", None) is not None]:
        keep(session.connection(), texts)


def keep(connection: Connection, texts: "Sequence[Content]") -> None:
    """Writes where the texts lead, in the place of where they led."""
    hosts = own_hosts()
    inward: list[dict[str, Any]] = []
    outward: list[tuple[dict[str, Any], Outward]] = []
    for text in texts:
        subject = {"post_id": None, "page_id": None, f"{text.kind}_id": text.id}
        for lead in led(text.leads or (), text.path, hosts):
            if isinstance(lead, Inward):
                row = {"path": place(lead.path), "fragment": lead.fragment, "outgoing_id": None}
                inward.append(subject | row)
            else:
                outward.append((subject | {"path": "", "fragment": ""}, lead))
        text.leads = None
    for column, kind in ((Link.post_id, "post"), (Link.page_id, "page")):
        for ids in in_parts([text.id for text in texts if text.kind == kind]):
            connection.execute(delete(Link).where(column.in_(ids)))
    known = _known(connection, {_digest(lead.url): lead for _row, lead in outward})
    rows = inward + [row | {"outgoing_id": known[_digest(lead.url)]} for row, lead in outward]
    if rows:
        connection.execute(insert(Link), rows)


def led(addresses: Iterable[str], base: str, hosts: Set[str]) -> list[Inward | Outward]:
    """Each place to which a text leads, once."""
    found: dict[Any, Inward | Outward] = {}
    for address in addresses:
        lead = destination(address, base=base, hosts=hosts)
        if isinstance(lead, Inward):
            found.setdefault((place(lead.path), lead.fragment), lead)
        elif lead is not None:
            found.setdefault(lead.url, lead)
    return list(found.values())


def _known(connection: Connection, wanted: dict[str, Outward]) -> dict[str, int]:
    """The ids of the addresses by their digests; those that are new are written."""
    ids = _ids(connection, wanted)
    fresh = [digest for digest in wanted if digest not in ids]
    if fresh:
        # Two writers may link to the same place in the same moment.
        values = [
            {
                "url": wanted[digest].url,
                "digest": digest,
                "host": wanted[digest].host,
                "check_at": clock.now(),
            }
            for digest in fresh
        ]
        connection.execute(insert_or_keep(connection.dialect.name, OutgoingAddress, "id"), values)
        ids |= _ids(connection, fresh)
    return ids


def _ids(connection: Connection, digests: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in in_parts(list(digests)):
        query = select(OutgoingAddress.digest, OutgoingAddress.id).where(OutgoingAddress.digest.in_(part))
        found |= {digest: id for digest, id in connection.execute(query)}  # noqa: C416  # rows are no pairs
    return found


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def in_parts(items: list[Any]) -> Iterator[list[Any]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
