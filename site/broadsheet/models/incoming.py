"""What strangers send through our forms, and how it is judged: the same for messages and submissions."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.models.base import Created, Identified, UTCDateTime


class Incoming(Identified, Created):
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    is_spam: Mapped[bool] = mapped_column(default=False, index=True)
    spam_score: Mapped[float] = mapped_column(default=0.0)  # 0 to 1: how likely the classifier found it
    spam_reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    judged_by_person: Mapped[bool] = mapped_column(default=False)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
