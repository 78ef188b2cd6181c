"""A signed-in browser: a row that can be listed and revoked."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.lib import clock, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db

if TYPE_CHECKING:
    from broadsheet.models.user import User

LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)  # how stale `seen_at` may grow; each renewal is a write


class UserSession(Identified, Created, Model):
    __tablename__ = "user_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")

    user: Mapped["User"] = relationship(back_populates="sessions")

    @classmethod
    def start(cls, user: "User", *, address: str, user_agent: str) -> tuple[Self, str]:
        """A new session and its token, which is known only now."""
        token = tokens.new_token()
        session = cls(
            token_hash=tokens.digest(token),
            user=user,
            expires_at=clock.now() + LIFETIME,
            address=address[:64],
            user_agent=user_agent[:300],
        )
        db.session.add(session)
        return session, token

    @classmethod
    def current(cls, token: str) -> Select[Self]:
        return select(cls).where(cls.token_hash == tokens.digest(token), cls.expires_at > clock.now())

    @property
    def is_due_to_be_seen(self) -> bool:
        return clock.now() - self.seen_at > SEEN_EVERY

    def see(self) -> None:
        self.seen_at = clock.now()
        self.expires_at = self.seen_at + LIFETIME
