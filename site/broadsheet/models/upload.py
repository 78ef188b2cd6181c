"""Files that people uploaded: the row; the bytes are kept by media/."""

import re
from typing import Any, Self
from urllib.parse import unquote

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib.markdown import Picture, Resource
from broadsheet.models.base import Created, Identified, Model, db, each_word_in
from broadsheet.models.event import happened
from broadsheet.models.role import Ability

PREFIX = "/uploads/"


class Upload(Identified, Created, Model):
    __tablename__ = "uploads"

    name: Mapped[str] = mapped_column(String(200))
    # Below the uploads folder and below /uploads/: `<16 hex digits of the hash>/<name>`.
    key: Mapped[str] = mapped_column(String(250), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)  # of what was sent, before it was re-encoded
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    alt: Mapped[str] = mapped_column(String(1000), default="")
    uploaded_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )

    uploaded_by = relationship("User", foreign_keys=[uploaded_by_id])

    def __str__(self) -> str:
        return self.name

    @classmethod
    def newest_first(cls) -> Select[Self]:
        return select(cls).order_by(cls.created_at.desc(), cls.id.desc())

    @classmethod
    def editable_by(cls, user: Any) -> Select[Self]:
        """One's own, or with the right to edit all posts everybody's."""
        if user.can(Ability.EDIT_ALL_POSTS):
            return select(cls)
        return select(cls).where(cls.uploaded_by_id == user.id)

    @classmethod
    def matching(cls, words: str) -> ColumnElement[bool]:
        """Whether each of the words stands in the name or the description."""
        return each_word_in(words, cls.name, cls.alt)

    @classmethod
    def is_a_picture(cls) -> ColumnElement[bool]:
        return cls.media_type.startswith("image/")

    @classmethod
    def found_at(cls, path: str) -> Self | None:
        """The upload at a local address."""
        if not path.startswith(PREFIX):
            return None
        # PostgreSQL refuses NUL, even in a question.
        key = unquote(path.removeprefix(PREFIX)).replace("\0", "")
        return db.session.scalar(select(cls).where(cls.key == key))

    @classmethod
    def resource(cls, src: str) -> Resource | None:
        """For the Markdown pipeline: the picture at a local address, with its size; None if there is none."""
        upload = cls.found_at(src)
        return upload.as_resource() if upload else None

    def as_resource(self) -> Resource:
        return Resource(src=self.path, width=self.width, height=self.height)

    def as_picture(self, alt: str) -> Picture:
        """As the pipeline keeps the first picture of a text."""
        return {"src": self.path, "width": self.width, "height": self.height, "alt": alt}

    def describe(self, alt: str) -> None:
        """The words for those who do not see it; where it is used they can be others."""
        self.alt = " ".join(alt.split())

    def delete(self) -> None:
        happened(signals.upload_deleted, self, key=self.key)
        db.session.delete(self)

    @property
    def path(self) -> str:
        return PREFIX + self.key

    @property
    def thumbnail(self) -> str:
        """The address of a small picture that stands for it; empty if there is none."""
        return self.path if self.is_picture else ""

    @property
    def markdown(self) -> str:
        """How a text shows it."""
        alt = re.sub(r"([][\\])", r"\\\1", self.alt)
        return f"![{alt}]({self.path})"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
