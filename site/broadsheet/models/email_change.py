"""A change of one's own e-mail address: confirmed from the new one, for some days undone from the old one."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db
from broadsheet.models.event import happened

if TYPE_CHECKING:
    from broadsheet.models.user import User

LIFETIME = timedelta(days=1)
TIME_TO_UNDO = timedelta(days=7)


class EmailChange(Identified, Created, Model):
    """Waits for the link that was mailed to the new address; then, for some days, for one to the old."""

    __tablename__ = "email_changes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    former: Mapped[str | None] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # of the link that it waits for
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped["User"] = relationship()

    # -- queries

    @classmethod
    def awaited(cls, user: "User") -> Select[Self]:
        """The one that nobody has confirmed yet."""
        return cls._alive().where(cls.user_id == user.id, cls.confirmed_at.is_(None))

    @classmethod
    def undone_by(cls, token: str) -> Select[Self]:
        return cls._alive().where(cls.token_hash == tokens.digest(token), cls.confirmed_at.is_not(None))

    # -- verbs

    @classmethod
    def ask(cls, user: "User", email: str, *, token: str, url: str) -> Self:
        """For the change; `url` carries the token and goes to the new address alone. A former one is void."""
        db.session.execute(delete(cls).where(cls.expires_at <= clock.now()))
        cls.withdraw(user)
        change = cls(user_id=user.id, email=email, token_hash=tokens.digest(token))
        change.expires_at = clock.now() + LIFETIME
        db.session.add(change)
        happened(signals.email_change_requested, user, secret={"email": email, "url": url})
        return change

    def confirm(self, *, undo_token: str, undo_url: str) -> None:
        """The address is the person's, who stays signed in; `undo_url` goes to the old one alone."""
        self.former, self.user.email = self.user.email, self.email
        self.confirmed_at, self.token_hash = clock.now(), tokens.digest(undo_token)
        self.expires_at = clock.now() + TIME_TO_UNDO
        happened(signals.email_changed, self.user, secret={"former": self.former, "undo_url": undo_url})

    def undo(self) -> None:
        """The old address is the person's again, who is signed out everywhere: somebody else was in."""
        user, former = self.user, self.former
        self.forget(user)
        user.email = former
        user.end_sessions()
        happened(signals.email_change_undone, user)

    @classmethod
    def withdraw(cls, user: "User") -> None:
        """The link that waits is void."""
        db.session.execute(delete(cls).where(cls.user_id == user.id, cls.confirmed_at.is_(None)))

    @classmethod
    def forget(cls, user: "User") -> None:
        """No link of the person's changes confirms or undoes anything any more."""
        db.session.execute(delete(cls).where(cls.user_id == user.id))

    # -- private

    @classmethod
    def _alive(cls) -> Select[Self]:
        return select(cls).where(cls.expires_at > clock.now())
