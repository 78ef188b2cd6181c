"""Passkeys (WebAuthn): keys in a phone, a computer or a security key that sign a challenge of ours."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy import JSON, BigInteger, ForeignKey, Select, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.lib import clock, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db

if TYPE_CHECKING:
    from broadsheet.models.user import User

CHALLENGE_LIFETIME = timedelta(minutes=5)


class Passkey(Identified, Created, Model):
    """What is bytes in WebAuthn is kept as base64url."""

    __tablename__ = "passkeys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)  # up to 1023 bytes
    public_key: Mapped[str] = mapped_column(Text)
    handle: Mapped[str] = mapped_column(String(90))  # by which the key knows its person; says nothing else
    host: Mapped[str] = mapped_column(String(253))  # it works at this host alone (the "RP ID")
    transports: Mapped[list[str]] = mapped_column(JSON, default=list)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped["User"] = relationship()

    # -- queries

    @classmethod
    def of(cls, user: "User") -> Select[Self]:
        return select(cls).where(cls.user_id == user.id).order_by(cls.created_at, cls.id)

    @classmethod
    def with_credential(cls, credential_id: str) -> Select[Self]:
        return select(cls).where(cls.credential_id == credential_id)

    # -- verbs

    @classmethod
    def handle_of(cls, user: "User") -> str:
        """The same for all keys of a person, so that an authenticator replaces one and keeps no second."""
        known = db.session.scalar(select(cls.handle).where(cls.user_id == user.id).limit(1))
        return known or secrets.token_urlsafe(48)

    def used(self, sign_count: int) -> None:
        self.sign_count, self.last_used_at = sign_count, clock.now()


class PasskeyChallenge(Identified, Model):
    """What a key is asked to sign: each once, within minutes."""

    __tablename__ = "passkey_challenges"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    @classmethod
    def make(cls) -> str:
        """A new one, as text; those that nobody answered in time are swept out."""
        db.session.execute(delete(cls).where(cls.expires_at <= clock.now()))
        challenge = tokens.new_token()
        db.session.add(cls(digest=tokens.digest(challenge), expires_at=clock.now() + CHALLENGE_LIFETIME))
        return challenge

    @classmethod
    def use_up(cls, challenge: str) -> bool:
        """Whether it was one that nobody has answered yet; it is none from now on."""
        open_ = delete(cls).where(cls.digest == tokens.digest(challenge), cls.expires_at > clock.now())
        return bool(db.session.execute(open_).rowcount)  # type: ignore[attr-defined]  # of a bulk statement
