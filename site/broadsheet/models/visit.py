"""Visits: how often a page was read on a day, and from where readers came. Nothing about the readers."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.models.base import Identified, Model


class Visit(Identified, Model):
    """A day's count of one page and one referrer's host."""

    __tablename__ = "visits"
    __table_args__ = (UniqueConstraint("day", "path", "referrer"),)

    day: Mapped[dt.date] = mapped_column(Date)  # in the site's time zone
    path: Mapped[str] = mapped_column(String(300))
    referrer: Mapped[str] = mapped_column(String(200), default="")  # host; "" if none, or our own
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    views: Mapped[int] = mapped_column(default=0)  # pages shown
    arrivals: Mapped[int] = mapped_column(default=0)  # of these, not from another page of the site: visits
