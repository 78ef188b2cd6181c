"""Invitations: a link by which somebody becomes a member with a role."""

from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db, one_of
from broadsheet.models.event import happened
from broadsheet.models.role import Role
from broadsheet.models.user import User

LIFETIME = timedelta(days=14)


class Invitation(Identified, Created, Model):
    __tablename__ = "invitations"

    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(one_of(Role))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)

    invited_by: Mapped[User | None] = relationship(User)

    def __str__(self) -> str:
        return self.email

    @classmethod
    def open(cls) -> Select[Self]:
        return select(cls).where(cls.accepted_at.is_(None), cls.expires_at > clock.now())

    @classmethod
    def with_token(cls, token: str) -> Select[Self]:
        return cls.open().where(cls.token_hash == tokens.digest(token))

    @classmethod
    def create(cls, *, email: str, role: Role, by: User, token: str, url: str) -> Self:
        """An invitation under the digest of `token`; `url`, which carries it, goes out by mail only."""
        invitation = cls(
            email=email.strip().lower(),
            role=role,
            token_hash=tokens.digest(token),
            expires_at=clock.now() + LIFETIME,
            invited_by=by,
        )
        db.session.add(invitation)
        happened(signals.invitation_created, invitation, role=role.value, secret={"url": url})
        return invitation

    def accept(self, *, name: str, username: str, password: str, timezone: str = "") -> User:
        """The invited person joins, once; address and role are those of the invitation."""
        if self.accepted_at is not None:
            raise ValueError("the invitation was accepted before")
        self.accepted_at = clock.now()
        return User.create(
            name=name,
            username=username,
            email=self.email,
            password=password,
            role=self.role,
            timezone=timezone,
        )

    def withdraw(self) -> None:
        happened(signals.invitation_withdrawn, self)
        db.session.delete(self)
