"""What was answered to a POST with an `Idempotency-Key`: asked again, it is answered alike and done once.

After draft-ietf-httpapi-idempotency-key-header-07.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.lib import clock, tokens
from broadsheet.models.base import Created, Identified, Model, db

if TYPE_CHECKING:
    from broadsheet.models.api_token import ApiToken

KEPT = timedelta(hours=24)


class IdempotencyKey(Identified, Created, Model):
    __tablename__ = "idempotency_keys"
    __table_args__ = (
        UniqueConstraint("token_id", "key_hash", name="uq_idempotency_keys_token_key"),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )

    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id", ondelete="CASCADE"))
    key_hash: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))  # hex SHA-256 of the request that was answered
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    body: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def find(cls, token: "ApiToken", key: str) -> Self | None:
        """The answer that the key has had within the last day."""
        known = select(cls).where(cls.token_id == token.id, cls.key_hash == tokens.digest(key))
        return db.session.scalar(known.where(cls.created_at > clock.now() - KEPT))

    @classmethod
    def keep(
        cls,
        token: "ApiToken",
        key: str,
        *,
        fingerprint: str,
        status: int,
        headers: dict[str, str],
        body: str,
    ) -> None:
        """In the transaction of what it answers. IntegrityError: another request with the key was faster."""
        digest = tokens.digest(key)
        outlived = delete(cls).where(cls.token_id == token.id, cls.key_hash == digest)
        db.session.execute(outlived.where(cls.created_at <= clock.now() - KEPT))
        answer = cls(token_id=token.id, key_hash=digest, fingerprint=fingerprint)
        answer.status, answer.headers, answer.body = status, headers, body
        db.session.add(answer)
        db.session.flush()

    @classmethod
    def forget_old(cls, now: datetime) -> int:
        """How many there were."""
        gone = db.session.execute(delete(cls).where(cls.created_at <= now - KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]
