"""A change of one's own e-mail address: confirmed from the new one, for some days undone from the old one."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock, tokens
from broadsheet.models.api_token import ApiToken
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
    def undoable(cls, user: "User") -> Select[Self]:
        """The one that its former address can undo: never more than one."""
        return cls._confirmed().where(cls.user_id == user.id)

    @classmethod
    def undone_by(cls, token: str) -> Select[Self]:
        return cls._confirmed().where(cls.token_hash == tokens.digest(token))

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
        """The address is the person's, who stays signed in; `undo_url` goes to the old one alone.

        While an older address can take itself back, no later one gets a link: it would be that of a thief who
        changes twice.
        """
        user, former = self.user, self.user.email
        user.email = self.email
        older = db.session.scalar(self.undoable(user))
        if older is None:
            self.former, self.confirmed_at, self.token_hash = former, clock.now(), tokens.digest(undo_token)
            self.expires_at = clock.now() + TIME_TO_UNDO
            details: dict[str, object] = {
                "undo_url": undo_url if former else "",
                "is_undone_by_older": False,
            }
        else:
            older.expires_at = clock.now() + TIME_TO_UNDO
            if older.former == self.email:  # back where it began
                self.forget(user)
            else:
                db.session.delete(self)
            details = {"undo_url": "", "is_undone_by_older": older.former != self.email}
        happened(signals.email_changed, user, secret={"former": former, **details})

    def undo(self) -> None:
        """The old address is the person's again, who is signed out everywhere: somebody else was in. Tokens
        made since open nothing any more."""
        user, former = self.user, self.former
        for token in db.session.scalars(ApiToken.alive(user).where(ApiToken.created_at >= self.created_at)):
            token.revoke()
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
    def _confirmed(cls) -> Select[Self]:
        return cls._alive().where(cls.confirmed_at.is_not(None), cls.former.is_not(None))

    @classmethod
    def _alive(cls) -> Select[Self]:
        return select(cls).where(cls.expires_at > clock.now())
