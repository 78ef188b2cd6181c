"""What differs between two revisions, in the source, as readers see it, and in words beside the text."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _

from broadsheet.extensions import db
from broadsheet.lib import languages
from broadsheet.lib.diffing import Line, differences
from broadsheet.lib.rendered_diffing import rendered_differences
from broadsheet.models import Post, Revision, Series, Upload, User
from broadsheet.web.filters import datetime_
from broadsheet.web.kinds import Content, Kind


class Particular(NamedTuple):
    """`name` is for programs; the rest are words."""

    name: str
    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        return self.then != self.now


class Comparison(NamedTuple):
    """`html` is what readers would see, with <ins> and <del>; empty if it reads the same."""

    old: Revision
    new: Revision
    lines: list[Line]
    html: str
    particulars: list[Particular]


def comparison(content: Content, old: Revision, new: Revision) -> Comparison:
    before, after = as_read(content, old), as_read(content, new)
    return Comparison(
        old,
        new,
        differences(old.body, new.body),
        rendered_differences(before, after) if before != after else "",
        [one for one in particulars(content, old, new) if one.differs],
    )


def as_read(content: Content, revision: Revision) -> str:
    return content.proof(
        title=revision.title, summary=revision.summary, body=revision.body, language=revision.language
    ).html


def particulars(content: Content, old: Revision, new: Revision) -> list[Particular]:
    """Those that either has, or that differ."""
    names = names_of(type(content), old, new)
    return [
        Particular(name, label, then, now)
        for (name, label, then), (_name, _label, now) in zip(
            said(content, old, names), said(content, new, names), strict=True
        )
        if then or now
    ]


def said(
    content: Content, revision: Revision, names: dict[tuple[str, Any], str]
) -> Iterator[tuple[str, str, str]]:
    kept = revision.particulars or {}
    yield "title", _("Title"), revision.title
    yield "summary", _("Summary"), revision.summary
    yield "slug", _("Address"), revision.slug
    yield "language", _("Language"), languages.name(revision.language) if revision.language else ""
    yield "published_at", _("Date"), moment(kept.get("published_at"))
    yield "expires_at", _("Public until"), moment(kept.get("expires_at"))
    if isinstance(content, Post):
        yield "tags", _("Tags"), ", ".join(revision.tags or [])
        yield (
            "authors",
            _("Authors"),
            ", ".join(names.get(("user", one), one) for one in revision.authors or []),
        )
        yield "byline", _("Byline"), kept.get("byline") or ""
        series = names.get(("series_id", kept.get("series_id")), "")
        place = kept.get("series_position")
        yield "series", _("Series"), f"{series} ({place})" if series and place else series
        yield "cover", _("Cover"), names.get(("cover_id", kept.get("cover_id")), "")
        yield "cover_alt", _("Words for the cover"), kept.get("cover_alt") or ""
        yield "unlisted", _("Listed"), _("no") if kept.get("unlisted") else ""
        yield "allow_comments", _("Comments"), _("no") if kept.get("allow_comments") is False else ""
    yield (
        "translation_of",
        _("Translation of"),
        names.get(("translation_of_id", kept.get("translation_of_id")), ""),
    )
    yield "canonical_url", _("Original address"), kept.get("canonical_url") or ""
    yield "search_title", _("Title for searches"), kept.get("search_title") or ""
    yield "search_description", _("Text for searches"), kept.get("search_description") or ""
    yield (
        "social_picture",
        _("Picture for shared links"),
        names.get(("social_picture_id", kept.get("social_picture_id")), ""),
    )


def moment(kept: str | None) -> str:
    return datetime_(datetime.fromisoformat(kept)) if kept else ""


def names_of(kind: Kind, *revisions: Revision) -> dict[tuple[str, Any], str]:
    """What the revisions point to, by name: one query a kind. What is gone since has none."""
    found: dict[tuple[str, Any], str] = {}
    for column, model, name in (
        ("series_id", Series, Series.name),
        ("cover_id", Upload, Upload.name),
        ("social_picture_id", Upload, Upload.name),
        ("translation_of_id", kind, kind.title),
    ):
        wanted = {id for one in revisions if (id := (one.particulars or {}).get(column)) is not None}
        if wanted:
            rows = db.session.execute(db.select(model.id, name).where(model.id.in_(wanted)))
            found |= {(column, id): text for id, text in rows}
    usernames = {one for revision in revisions for one in revision.authors or []}
    if usernames:
        rows = db.session.execute(db.select(User.username, User.name).where(User.username.in_(usernames)))
        found |= {("user", username): text for username, text in rows}
    return found
