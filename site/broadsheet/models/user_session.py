"""A signed-in browser: a row that can be listed and revoked."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy import ColumnElement, ForeignKey, Select, String, and_, delete, false, not_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.lib import clock, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db

if TYPE_CHECKING:
    from broadsheet.models.user import User

LIFETIME = timedelta(days=30)  # without being seen
LONGEST = timedelta(days=90)  # however often it is seen: then somebody says once more who it is
RECENT = timedelta(minutes=30)  # how long somebody counts as having just said who it is
SEEN_EVERY = timedelta(minutes=5)  # how stale `seen_at` may grow; each renewal is a write


class UserSession(Identified, Created, Model):
    __tablename__ = "user_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # password or passkey, once more
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())  # proved in it

    user: Mapped["User"] = relationship(back_populates="sessions")

    @classmethod
    def start(
        cls, user: "User", *, address: str, user_agent: str, second_factor: bool = False
    ) -> tuple[Self, str]:
        """A new session and its token, which is known only now."""
        token = tokens.new_token()
        session = cls(
            token_hash=tokens.digest(token),
            user=user,
            expires_at=clock.now() + LIFETIME,
            address=address[:64],
            user_agent=user_agent[:300],
            second_factor=second_factor,
        )
        db.session.add(session)
        return session, token

    @classmethod
    def of(cls, user: "User") -> Select[Self]:
        """The browsers in which the person is signed in, the latest first."""
        return (
            select(cls)
            .where(cls.user_id == user.id, *cls._alive())
            .order_by(cls.seen_at.desc(), cls.id.desc())
        )

    @classmethod
    def current(cls, token: str) -> Select[Self]:
        return select(cls).where(cls.token_hash == tokens.digest(token), *cls._alive())

    @classmethod
    def forget_expired(cls) -> None:
        db.session.execute(delete(cls).where(not_(and_(*cls._alive()))))

    def confirm(self) -> str:
        """Somebody has just said once more who it is: the session goes on under a new token, which is known
        only now."""
        token = tokens.new_token()
        self.confirmed_at, self.token_hash = clock.now(), tokens.digest(token)
        return token

    @classmethod
    def _alive(cls) -> tuple[ColumnElement[bool], ...]:
        now = clock.now()
        return cls.expires_at > now, cls.created_at > now - LONGEST

    @property
    def is_recent(self) -> bool:
        """Whether nobody else can well have sat down here since somebody said who it is."""
        return -RECENT < clock.now() - (self.confirmed_at or self.created_at) < RECENT

    @property
    def is_due_to_be_seen(self) -> bool:
        """Or was seen, it says, by a clock that was ahead."""
        return not -SEEN_EVERY <= clock.now() - self.seen_at <= SEEN_EVERY
