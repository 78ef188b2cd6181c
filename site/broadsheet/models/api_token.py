"""Tokens of the API: with one, a program does what its person may do, as far as its scopes go."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import JSON, ForeignKey, Select, String, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import api_tokens, clock, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db
from broadsheet.models.event import happened
from broadsheet.models.scope import NEEDED, Scope

if TYPE_CHECKING:
    from broadsheet.models.user import User

NAME_LENGTH = 60
SEEN_EVERY = timedelta(minutes=1)  # how stale `last_used_at` may grow; each renewal is a write
# So long an ended token can say why it opens nothing any more.
REMEMBERED = timedelta(days=90)


class TokenState(StrEnum):
    ALIVE = "alive"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ApiToken(Identified, Created, Model):
    __tablename__ = "api_tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_four: Mapped[str] = mapped_column(String(4))  # of the token, to know it by
    scopes: Mapped[list[str]] = mapped_column(JSON)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_address: Mapped[str] = mapped_column(String(64), default="")
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)

    user: Mapped["User"] = relationship(foreign_keys=[user_id])

    def __str__(self) -> str:
        return self.name

    # -- queries

    @classmethod
    def known_by(cls, token: str) -> Select[Self]:
        """By its digest alone: how long the look-up takes tells nothing of the token."""
        return select(cls).where(cls.token_hash == tokens.digest(token))

    @classmethod
    def of(cls, user: "User") -> Select[Self]:
        """Those that open something or did so lately, the newest first."""
        return select(cls).where(cls.user_id == user.id).order_by(cls.id.desc())

    @classmethod
    def alive(cls, user: "User") -> Select[Self]:
        is_current = or_(cls.expires_at.is_(None), cls.expires_at > clock.now())
        return cls.of(user).where(cls.revoked_at.is_(None), is_current)

    @classmethod
    def count(cls, user: "User") -> int:
        """How many open something."""
        counted = cls.alive(user).order_by(None).with_only_columns(func.count())
        return int(db.session.scalar(counted) or 0)

    # -- verbs

    @classmethod
    def make(
        cls, user: "User", *, name: str, scopes: Iterable[Scope], expires_at: datetime | None
    ) -> tuple[Self, str]:
        """A new one, and the token itself, which is known only now."""
        token = api_tokens.new_token()
        wanted = set(scopes)
        made = cls(
            user=user,
            name=name,
            token_hash=tokens.digest(token),
            last_four=token[-4:],
            scopes=[scope.value for scope in Scope if scope in wanted],
            expires_at=expires_at,
        )
        db.session.add(made)
        happened(signals.token_created, user, token=name, scopes=made.scopes)
        return made, token

    def revoke(self, *, by: "User | None" = None) -> None:
        """It opens nothing from now on. `by` whom: nobody else can take that back."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by_id = clock.now(), by.id if by else None
            happened(signals.token_revoked, self.user, token=self.name)

    @classmethod
    def revoke_all(cls, user: "User", *, by: "User | None" = None) -> int:
        """How many opened something."""
        alive = db.session.scalars(cls.alive(user)).all()
        for token in alive:
            token.revoke(by=by)
        return len(alive)

    def reinstate(self) -> None:
        if self.revoked_at is not None:
            self.revoked_at = self.revoked_by_id = None
            happened(signals.token_reinstated, self.user, token=self.name)

    @classmethod
    def forget_ended(cls, now: datetime) -> int:
        """Deletes those that expired or were revoked long ago; how many."""
        before = now - REMEMBERED
        ended = delete(cls).where(or_(cls.expires_at < before, cls.revoked_at < before))
        return int(db.session.execute(ended).rowcount)  # type: ignore[attr-defined]

    # -- questions

    @property
    def state(self) -> TokenState:
        if self.revoked_at is not None:
            return TokenState.REVOKED
        if self.expires_at is not None and self.expires_at <= clock.now():
            return TokenState.EXPIRED
        return TokenState.ALIVE

    @property
    def is_alive(self) -> bool:
        return self.state is TokenState.ALIVE

    def allows(self, scope: Scope) -> bool:
        """Whether one of its scopes is or covers this one; what the person may do is asked beside it."""
        return any(own.covers(scope) for own in self.scopes_in_order)

    @property
    def scopes_in_order(self) -> list[Scope]:
        """Without those that a later release may have had."""
        known: set[Any] = set(self.scopes)
        return [scope for scope in Scope if scope.value in known]

    @property
    def is_due_to_be_seen(self) -> bool:
        return self.last_used_at is None or not -SEEN_EVERY <= clock.now() - self.last_used_at <= SEEN_EVERY


def scopes_for(user: "User") -> list[Scope]:
    """Those with which a token of this person can open anything."""
    return [scope for scope in Scope if user.can(NEEDED[scope])]
