"""Links: where the texts of the site lead, within it and to the rest of the web."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.models.base import Identified, Model, UTCDateTime

URL_LENGTH = 2000
PATH_LENGTH = 500


class Link(Identified, Model):
    """One link in one text."""

    __tablename__ = "links"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    # Within the site: the path, normalised as an alias is, and what stands behind `#`.
    path: Mapped[str] = mapped_column(String(PATH_LENGTH), default="", index=True)
    fragment: Mapped[str] = mapped_column(String(200), default="")
    # To elsewhere: the address that is checked.
    outgoing_id: Mapped[int | None] = mapped_column(
        ForeignKey("outgoing_addresses.id", ondelete="CASCADE"), index=True
    )

    outgoing: Mapped["OutgoingAddress | None"] = relationship("OutgoingAddress")


class OutgoingAddress(Identified, Model):
    """An address of another site, once for however many texts lead there, and what was found at it."""

    __tablename__ = "outgoing_addresses"

    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    digest: Mapped[str] = mapped_column(
        String(64), unique=True
    )  # SHA-256 of the url, which is too long to index
    host: Mapped[str] = mapped_column(String(255), index=True)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    check_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)  # next
    status: Mapped[int | None]  # of HTTP; none if nobody answered
    problem: Mapped[str] = mapped_column(String(200), default="")
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    dead_since: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
