"""Recovery codes: the way in when phone and passkeys are lost. Each works once; only digests are stored."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.lib import clock, recovery_codes, tokens
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db

if TYPE_CHECKING:
    from broadsheet.models.user import User

MANY = 10


class RecoveryCode(Identified, Created, Model):
    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @classmethod
    def left(cls, user: "User") -> Select[Self]:
        return select(cls).where(cls.user_id == user.id, cls.used_at.is_(None))

    @classmethod
    def make(cls, user: "User") -> list[str]:
        """Ten new ones, known only now; those from before are void."""
        cls.forget(user)
        codes = [recovery_codes.new_code() for _ in range(MANY)]
        db.session.add_all(cls(user_id=user.id, digest=tokens.digest(code)) for code in codes)
        return codes

    @classmethod
    def use(cls, user: "User", typed: str) -> bool:
        """Whether it is one of theirs that was not used yet; from now on it is."""
        digest = tokens.digest(recovery_codes.tidied(typed))
        unused = update(cls).where(cls.user_id == user.id, cls.digest == digest, cls.used_at.is_(None))
        used = db.session.execute(unused.values(used_at=clock.now()))
        return bool(used.rowcount)  # type: ignore[attr-defined]  # of a bulk statement

    @classmethod
    def forget(cls, user: "User") -> None:
        db.session.execute(delete(cls).where(cls.user_id == user.id))
