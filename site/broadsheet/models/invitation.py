"""Invitations: a link by which somebody, or the person behind a byline, gets an account with a role."""

from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Select, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db, one_of
from broadsheet.models.event import happened
from broadsheet.models.role import Ability, Role, roles_with
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

    # The byline that gets the account; without one a new person comes to be.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)

    invited_by: Mapped[User | None] = relationship(User, foreign_keys=[invited_by_id])
    user: Mapped[User | None] = relationship(User, foreign_keys=[user_id])

    def __str__(self) -> str:
        return self.email

    @classmethod
    def open(cls) -> Select[Self]:
        """Not accepted, not too old; not of a byline that has got an account by another way; and not when who
        invited may no longer invite."""
        awaited = or_(cls.user_id.is_(None), cls.user.has(User.password_hash.is_(None)))
        may_invite = User.active().where(User.role.in_(roles_with(Ability.MANAGE_PEOPLE)))
        hosts = may_invite.with_only_columns(User.id)
        is_alive = cls.accepted_at.is_(None), cls.expires_at > clock.now()
        return select(cls).where(*is_alive, awaited, cls.invited_by_id.in_(hosts))

    @classmethod
    def with_token(cls, token: str) -> Select[Self]:
        return cls.open().where(cls.token_hash == tokens.digest(token))

    @classmethod
    def create(
        cls, *, email: str, role: Role, by: User, token: str, url: str, byline: User | None = None
    ) -> Self:
        """An invitation under the digest of `token`; `url`, which carries it, goes out by mail only.

        Former links for the same address, or the same byline, are worthless from now on.
        """
        email = email.strip().lower()
        same = cls.email == email if byline is None else or_(cls.email == email, cls.user_id == byline.id)
        for former in db.session.scalars(cls.open().where(same)):
            former.withdraw()
        invitation = cls(
            email=email,
            role=role,
            user=byline,
            token_hash=tokens.digest(token),
            expires_at=clock.now() + LIFETIME,
            invited_by=by,
        )
        db.session.add(invitation)
        happened(signals.invitation_created, invitation, role=role.value, secret={"url": url})
        return invitation

    def accept(self, *, name: str, username: str = "", password: str, timezone: str = "") -> User:
        """The invited person joins, once; address and role are those of the invitation.

        A byline keeps its username, which is in the address of its page.
        """
        if self.accepted_at is not None:
            raise ValueError("the invitation was accepted before")
        self.accepted_at = clock.now()
        if self.user is not None:
            self.user.open_account(
                name=name, email=self.email, password=password, role=self.role, timezone=timezone
            )
            return self.user
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
