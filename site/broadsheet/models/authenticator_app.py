"""An authenticator app: what makes a person's codes for signing in (RFC 6238)."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from sqlalchemy import BigInteger, ForeignKey, Select, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.lib import clock
from broadsheet.lib.one_time_codes import SECONDS
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db

if TYPE_CHECKING:
    from broadsheet.models.user import User


OF_A_DAY = 24 * 60 * 60 // SECONDS


class AuthenticatorApp(Identified, Created, Model):
    """Counts once a code of it has been entered; until then it is only offered."""

    __tablename__ = "authenticator_apps"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    sealed_secret: Mapped[str] = mapped_column(String(400))  # encrypted, see sealing.py
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)  # of the last code that was taken
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    # -- queries

    @classmethod
    def of(cls, user: "User") -> Select[Self]:
        """The one that counts."""
        return select(cls).where(cls.user_id == user.id, cls.confirmed_at.is_not(None))

    @classmethod
    def offered_to(cls, user: "User") -> Select[Self]:
        """The one that waits for its first code."""
        return select(cls).where(cls.user_id == user.id, cls.confirmed_at.is_(None))

    # -- verbs

    @classmethod
    def offer(cls, user: "User", sealed_secret: str) -> Self:
        """A new one beside the one that counts, which stays in use until a code of the new one is entered."""
        db.session.execute(delete(cls).where(cls.user_id == user.id, cls.confirmed_at.is_(None)))
        app = cls(user_id=user.id, sealed_secret=sealed_secret)
        db.session.add(app)
        return app

    def take(self, step: int) -> bool:
        """Whether the code of this time step is taken: each once, and none from before the last, unless that
        was taken while the clock was wrong: it would keep the person out until then."""
        cls = type(self)
        is_new = or_(cls.last_step < step, cls.last_step > step + OF_A_DAY)
        later = update(cls).where(cls.id == self.id, is_new)
        taken = db.session.execute(later.values(last_step=step, last_used_at=clock.now()))
        return bool(taken.rowcount)  # type: ignore[attr-defined]  # of a bulk statement
