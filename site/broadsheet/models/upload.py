"""Files that people uploaded: the row; the bytes are kept by media/."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Self
from urllib.parse import unquote

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Double,
    ForeignKey,
    Select,
    String,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import renditions
from broadsheet.lib.markdown import Picture, Resource
from broadsheet.lib.markdown.document import STILL
from broadsheet.models.base import Created, Identified, Model, db, each_word_in
from broadsheet.models.event import happened
from broadsheet.models.role import Ability

PREFIX = "/uploads/"
# An address as it stands in a text: of the file itself, or of one of its renditions.
IN_TEXT = re.compile(re.escape(PREFIX) + r"([0-9a-f]{16}/[a-z0-9][a-z0-9.-]*\.[a-z0-9]+)")
# What a writer puts behind the address of a picture that says nothing; other programs pass over it.
DECORATIVE = "#decorative"


# The columns that speak of the file, not of what people say about it.
OF_FILE = ("key", "sha256", "media_type", "size", "width", "height", "seconds", "scales", "sized_with")


class Sort(StrEnum):
    """What an upload is to a reader."""

    PICTURE = "picture"
    FILM = "film"
    SOUND = "sound"
    DOCUMENT = "document"

    @classmethod
    def of(cls, media_type: str) -> "Sort":
        kinds = {"image": cls.PICTURE, "video": cls.FILM, "audio": cls.SOUND}
        return kinds.get(media_type.partition("/")[0], cls.DOCUMENT)


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
    seconds: Mapped[float | None] = mapped_column(Double)  # of a film or a sound, where it says so
    # Whether it is offered in other sizes, and by which version of lib/renditions.py they were made.
    scales: Mapped[bool] = mapped_column(default=False)
    sized_with: Mapped[int] = mapped_column(default=0, index=True)
    alt: Mapped[str] = mapped_column(String(1000), default="")
    # Of another site's picture that is kept here: where it was.
    origin: Mapped[str | None] = mapped_column(String(500), index=True)
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
    def is_a(cls, *sorts: Sort) -> ColumnElement[bool]:
        """Whether it is one of these."""
        kinds = {
            Sort.PICTURE: cls.media_type.startswith("image/"),
            Sort.FILM: cls.media_type.startswith("video/"),
            Sort.SOUND: cls.media_type.startswith("audio/"),
        }
        document = not_(or_(*kinds.values()))
        return or_(*(kinds.get(sort, document) for sort in sorts))

    @classmethod
    def is_a_picture(cls) -> ColumnElement[bool]:
        return cls.is_a(Sort.PICTURE)

    @classmethod
    def found_at(cls, path: str) -> Self | None:
        """The upload at a local address, or at one that it had before it was replaced."""
        if not path.startswith(PREFIX):
            return None
        # PostgreSQL refuses NUL, even in a question.
        return cls.at(unquote(path.removeprefix(PREFIX).partition("#")[0]).replace("\0", ""))

    @classmethod
    def resource(cls, src: str) -> Resource | None:
        """For the Markdown pipeline: the file at a local address, with its size; None if there is none."""
        if src.startswith(STILL):
            kept = select(cls).where(cls.origin == src.removeprefix(STILL)).limit(1)
            upload = db.session.scalar(kept)
        else:
            upload = cls.found_at(src)
        return upload.as_resource() if upload else None

    @classmethod
    def at(cls, key: str) -> Self | None:
        """The one whose file has this key, or had it before it was replaced."""
        found = db.session.scalar(select(cls).where(cls.key == key))
        if found is None:
            former = select(UploadAlias.upload_id).where(UploadAlias.key == key)
            found = db.session.scalar(select(cls).where(cls.id == former.scalar_subquery()))
        return found

    @classmethod
    def at_paths(cls, paths: Iterable[str]) -> dict[str, Self]:
        """Those that stand at these addresses, by them; no question where there is none."""
        keys = {path.removeprefix(PREFIX) for path in paths if path.startswith(PREFIX)}
        if not keys:
            return {}
        return {upload.path: upload for upload in db.session.scalars(select(cls).where(cls.key.in_(keys)))}

    @classmethod
    def with_stem(cls, stem: str) -> Self | None:
        """The picture whose key is this but for the ending."""
        return db.session.scalar(select(cls).where(cls.key.in_([stem + one for one in renditions.SCALABLE])))

    @classmethod
    def ids_in(cls, texts: Iterable[str]) -> set[int]:
        """The ids of those that stand in the texts, under their address, a former one or a rendition's."""
        keys = {key for text in texts for key in IN_TEXT.findall(unquote(text))}
        if not keys:
            return set()
        stems = {parsed[0] for key in keys if (parsed := renditions.parsed(key))}
        folders = {key[:16] for key in keys}
        # The folder alone finds few rows; which of them is meant is compared here.
        rows = db.session.execute(
            select(cls.id, cls.key)
            .where(func.substr(cls.key, 1, 16).in_(folders))
            .union_all(
                select(UploadAlias.upload_id, UploadAlias.key).where(
                    func.substr(UploadAlias.key, 1, 16).in_(folders)
                )
            )
        )
        return {id for id, key in rows if key in keys or key.rpartition(".")[0] in stems}

    def as_resource(self) -> Resource:
        return Resource(
            src=self.path,
            width=self.width,
            height=self.height,
            sort=str(self.sort),
            size=self.size,
            sources=renditions.sources(PREFIX, self.key, self.width) if self.scales and self.width else (),
            fallback=PREFIX + renditions.fallback(self.key, self.width) if self.scales and self.width else "",
        )

    def as_picture(self, alt: str) -> Picture:
        """As the pipeline keeps the first picture of a text."""
        found = self.as_resource()
        picture: Picture = {"src": found.src, "width": found.width, "height": found.height, "alt": alt}
        if found.sources:
            picture |= {"sources": [list(source) for source in found.sources], "fallback": found.fallback}
        return picture

    def describe(self, alt: str) -> None:
        """The words for those who do not see it; where it is used they can be others."""
        self.alt = " ".join(alt.split())

    def replace(self, **columns: Any) -> None:
        """Another file in its place: texts show it under the address they have, which leads there now.

        `columns` are what the row says of the new file. The name and the description stay.
        """
        former = {name: getattr(self, name) for name in OF_FILE}
        db.session.add(UploadAlias(key=self.key, upload_id=self.id, former=former))
        self._become(columns)
        happened(signals.upload_replaced, self, key=self.key, former_key=former["key"])

    def last_replaced(self) -> "UploadAlias | None":
        """What it was before, if that is known."""
        newest = UploadAlias.id.desc()
        return db.session.scalar(
            select(UploadAlias).where(UploadAlias.upload_id == self.id).order_by(newest).limit(1)
        )

    def take_back_replacement(self, alias: "UploadAlias") -> None:
        """The file that it had before takes its place again; the one it has can be brought back likewise."""
        former = dict(alias.former)
        db.session.delete(alias)
        db.session.flush()
        self.replace(**former)

    def delete(self) -> None:
        happened(signals.upload_deleted, self, key=self.key)
        db.session.delete(self)

    def _become(self, columns: dict[str, Any]) -> None:
        for name in OF_FILE:
            setattr(self, name, columns[name])

    @property
    def path(self) -> str:
        return PREFIX + self.key

    @property
    def renditions(self) -> list[tuple[str, int]]:
        """The keys and widths of the sizes in which it is offered."""
        return renditions.files(self.key, self.width) if self.scales and self.width else []

    @property
    def thumbnail(self) -> str:
        """The address of a small picture that stands for it; empty if there is none."""
        if not self.is_picture:
            return ""
        return PREFIX + (
            renditions.smallest(self.key, self.width) if self.scales and self.width else self.key
        )

    @property
    def shown_at(self) -> str:
        """The address of it in a size that fits a window."""
        return self.as_resource().fallback or self.path

    @property
    def ending(self) -> str:
        return self.key.rpartition(".")[2]

    @property
    def markdown(self) -> str:
        """How a text shows it."""
        return self.markdown_for(self.alt or ("" if self.is_picture else self.name))

    @property
    def markdown_if_decorative(self) -> str:
        """How a text shows a picture that says nothing to those who do not see it."""
        return f"![]({self.path}{DECORATIVE})"

    def markdown_for(self, alt: str) -> str:
        escaped = re.sub(r"([][\\])", r"\\\1", alt)
        return f"![{escaped}]({self.path})"

    @property
    def sort(self) -> Sort:
        return Sort.of(self.media_type)

    @property
    def is_picture(self) -> bool:
        return self.sort == Sort.PICTURE


class UploadAlias(Identified, Created, Model):
    """A key that an upload had before its file was replaced: old addresses lead to the new file."""

    __tablename__ = "upload_aliases"

    key: Mapped[str] = mapped_column(String(250), unique=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), index=True)
    # What the row said of that file, so that it can be brought back.
    former: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_kept: Mapped[bool] = mapped_column(default=True)  # whether that file still is
