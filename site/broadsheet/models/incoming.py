"""What strangers send through our forms, and how it is judged: the same for messages and submissions."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from sqlalchemy import (
    JSON,
    ColumnElement,
    CursorResult,
    Select,
    String,
    and_,
    delete,
    false,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, defer, mapped_column, undefer

from broadsheet import signals
from broadsheet.lib import clock, spam
from broadsheet.models.base import Created, Identified, UTCDateTime, db
from broadsheet.models.event import Event, happened
from broadsheet.models.spam_word import SpamWord

TRASH_IS_KEPT = timedelta(days=30)
SPAM_IS_KEPT = timedelta(days=90)  # longer than any leave: a reader's letter in it can still be found
EXCERPT_LENGTH = 200
LATELY = timedelta(days=7)
SHORTEST_REPEATED = 20  # characters; "Hello" may come from two people


class Box(StrEnum):
    INBOX = "inbox"
    SPAM = "spam"
    TRASH = "trash"


class Incoming(Identified, Created):
    """Each form is a subclass with a `title` and a `body`; each is judged by what all of them have taught."""

    kind: ClassVar[str]
    spam_threshold: ClassVar[float] = spam.THRESHOLD  # from this score on, the filter puts it into the spam
    if TYPE_CHECKING:  # columns of each subclass
        title: Any
        body: Any
        excerpt: Any

    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    is_spam: Mapped[bool] = mapped_column(default=False)
    spam_score: Mapped[float] = mapped_column(default=0.0)  # 0 to 1: how likely the classifier found it
    spam_reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    judged_by_person: Mapped[bool] = mapped_column(default=False)
    learned_as_spam: Mapped[bool | None]  # as what the filter has learned from it; None: it has not
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    # -- queries

    @classmethod
    def newest_first(cls) -> Select[Self]:
        return select(cls).order_by(cls.created_at.desc(), cls.id.desc())

    @classmethod
    def is_in(cls, box: Box) -> ColumnElement[bool]:
        """Each is in one box; what is in the trash is nowhere else."""
        if box == Box.TRASH:
            return cls.trashed_at.is_not(None)
        return and_(cls.trashed_at.is_(None), cls.is_spam if box == Box.SPAM else not_(cls.is_spam))

    @classmethod
    def for_a_list(cls) -> list[Any]:
        """Options that load the beginning of each text, not all of it."""
        return [defer(cls.body), undefer(cls.excerpt)]

    # -- verbs

    def judge(self, *, is_spam: bool) -> None:
        """A person's word, from which the filter learns; it outweighs whatever was thought before."""
        if not self.judged_by_person or self.is_spam != is_spam:
            self._settle(is_spam=is_spam)
            happened(self._signal("judged"), self, spam=is_spam)

    def withdraw_judgement(self) -> None:
        """As if nobody had judged: where the filter put it, and what it learned is unlearned."""
        if self.judged_by_person:
            self.judged_by_person, self.is_spam = False, self.spam_score >= self.spam_threshold
            self._teach(spam_=False if self.spam_score < spam.CERTAIN else None)

    def be_answered(self) -> None:
        """Somebody writes back: then it is no spam."""
        self.answered_at = clock.now()
        self._settle(is_spam=False)

    def trash(self) -> None:
        if self.trashed_at is None:
            self.trashed_at = clock.now()
            happened(self._signal("trashed"), self)

    def recover(self) -> None:
        if self.trashed_at is not None:
            self.trashed_at = None
            happened(self._signal("recovered"), self)

    def delete(self) -> None:
        """For good. What was learned from it stays learned."""
        happened(self._signal("deleted"), self)
        db.session.delete(self)

    @classmethod
    def purge(cls, now: datetime) -> int:
        """Deletes for good what has been in the trash, or in the spam unlooked at, for long enough."""
        forgotten = or_(
            cls.trashed_at < now - TRASH_IS_KEPT,
            and_(cls.is_in(Box.SPAM), cls.created_at < now - SPAM_IS_KEPT),
        )
        gone = db.session.execute(
            delete(cls).where(forgotten), execution_options={"synchronize_session": False}
        )
        return cast(CursorResult[Any], gone).rowcount

    # -- questions

    @property
    def letter(self) -> spam.Letter:
        return spam.Letter(name=self.name, email=self.email, title=self.title, text=self.body)

    @property
    def box(self) -> Box:
        if self.trashed_at is not None:
            return Box.TRASH
        return Box.SPAM if self.is_spam else Box.INBOX

    @property
    def mark(self) -> str:
        """Its name for ever, in the Message-ID of the mail about it: a number alone may come again."""
        return f"{self.kind}-{self.id}.{self.created_at.timestamp():.0f}"

    @property
    def was_rescued(self) -> bool:
        """Whether the filter took for spam what a person says is none, and nobody has said so before: then
        nobody was told of it yet."""
        if self.is_spam or not self.judged_by_person or self.spam_score < self.spam_threshold:
            return False
        judgements = select(Event.details).where(
            Event.action == self._signal("judged").name,
            Event.subject_kind == self.kind,
            Event.subject_id == self.id,
            Event.at >= self.created_at,  # SQLite gives the number of a deleted row to a new one
        )
        return sum(not details["spam"] for details in db.session.scalars(judgements)) == 1

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    # -- private

    def _arrive(self, circumstances: tuple[str, ...]) -> None:
        """`circumstances` are what the form knows, names of lib.spam.signs.CIRCUMSTANCES."""
        counts = SpamWord.counts(spam.words(self.letter))
        verdict = spam.judge(self.letter, counts, circumstances + self._history())
        self.is_spam, self.spam_score, self.spam_reasons = verdict.is_spam, verdict.score, verdict.reasons
        db.session.add(self)
        if verdict.score < spam.CERTAIN:
            self._teach(spam_=False)
        happened(self._signal("received"), self)

    def _settle(self, *, is_spam: bool) -> None:
        self.judged_by_person, self.is_spam = True, is_spam
        self._teach(spam_=is_spam)

    def _teach(self, *, spam_: bool | None) -> None:
        if self.learned_as_spam == spam_:
            return
        words = spam.words(self.letter)
        if self.learned_as_spam is not None:
            SpamWord.unlearn(words, spam=self.learned_as_spam)
        if spam_ is not None:
            SpamWord.learn(words, spam=spam_)
        self.learned_as_spam = spam_

    def _history(self) -> tuple[str, ...]:
        """What we know of the sender and the text, over all forms; one statement."""
        kinds = Incoming.__subclasses__()
        lately = clock.now() - LATELY
        repeated = [
            select(kind.id)
            .where(kind.body == self.body, kind.email != self.email, kind.created_at > lately)
            .exists()
            for kind in kinds
        ]
        answered = [
            select(kind.id).where(kind.email == self.email, kind.answered_at.is_not(None)).exists()
            for kind in kinds
        ]
        is_long = len(self.body) >= SHORTEST_REPEATED
        found = db.session.execute(select(or_(*repeated) if is_long else false(), or_(*answered))).one()
        return tuple(name for name, is_so in zip(("repeated", "answered"), found, strict=True) if is_so)

    def _signal(self, verb: str) -> Any:
        return getattr(signals, f"{self.kind}_{verb}")
