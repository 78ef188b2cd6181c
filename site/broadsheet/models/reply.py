"""Replies: what the desk answered by mail to a message or a submission."""

from typing import TYPE_CHECKING, Self

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.models.base import Created, Identified, Model, db
from broadsheet.models.event import happened

if TYPE_CHECKING:
    from broadsheet.models.message import Message
    from broadsheet.models.submission import Submission
    from broadsheet.models.user import User

SUBJECT_LENGTH = 250


class Reply(Identified, Created, Model):
    __tablename__ = "replies"
    __table_args__ = (CheckConstraint("(message_id IS NULL) <> (submission_id IS NULL)", name="one_subject"),)

    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[int | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    answers_to: Mapped[str] = mapped_column(String(254), default="")  # Reply-To; "": nobody reads an answer
    mail_id: Mapped[str] = mapped_column(String(250), default="")  # Message-ID (RFC 5322, section 3.6.4)
    mail_file: Mapped[str] = mapped_column(String(120), default="")  # in the outbox; "": never put there

    author: Mapped["User | None"] = relationship("User")
    message: Mapped["Message | None"] = relationship("Message")
    submission: Mapped["Submission | None"] = relationship("Submission")

    def __str__(self) -> str:
        return self.subject

    # -- queries

    @classmethod
    def thread(cls, incoming: "Message | Submission") -> Select[Self]:
        """Its replies, in the order in which they were written."""
        column = cls.message_id if incoming.kind == "message" else cls.submission_id
        return select(cls).where(column == incoming.id).order_by(cls.created_at, cls.id)

    # -- verbs

    @classmethod
    def write(
        cls, incoming: "Message | Submission", *, by: "User", subject: str, body: str, answers_to: str
    ) -> Self:
        """A reply to the sender, mailed once it is stored; `answers_to` is where theirs will go. The same
        words again, as of a button pressed twice, are the same reply."""
        for earlier in db.session.scalars(cls.thread(incoming).where(cls.author_id == by.id)):
            if (earlier.subject, earlier.body) == (subject, body):
                return earlier
        reply = cls(author=by, subject=subject, body=body, answers_to=answers_to)
        setattr(reply, incoming.kind, incoming)
        db.session.add(reply)
        incoming.be_answered()
        reply.send()
        return reply

    def send(self) -> None:
        happened(signals.reply_written, self)

    def hand_over(self, mail_id: str, mail_file: str) -> None:
        """It lies in the outbox from now on."""
        self.mail_id, self.mail_file = mail_id, mail_file

    # -- questions

    @property
    def to(self) -> "Message | Submission":
        """What it answers."""
        found = self.message or self.submission
        if found is None:
            raise LookupError("a reply to nothing")
        return found

    @property
    def mark(self) -> str:
        """Its name for ever, for its Message-ID."""
        return f"reply-{self.id}.{self.created_at.timestamp():.0f}"
