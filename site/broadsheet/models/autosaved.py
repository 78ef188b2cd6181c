"""What was typed and not yet saved: kept apart from the history, so that no word is lost before the save."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, delete, func, or_, select

from broadsheet.lib import clock
from broadsheet.models.base import db
from broadsheet.models.revision import Reason, Revision
from broadsheet.models.versioned import SLUG_LENGTH, TITLE_LENGTH, Versioned

if TYPE_CHECKING:
    from broadsheet.models.user import User

# One row for each person and span of writing; within it the newest words take the place of those before.
SPAN = timedelta(minutes=5)
# How autosaves thin out: up to which age one is kept of each span; what is older goes.
KEPT = (
    (timedelta(hours=1), SPAN),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=30), timedelta(days=1)),
)


class Autosaved(Versioned):
    # -- queries

    def autosaves(self) -> Select[Revision]:
        """What was typed and not saved, or not yet; the newest first."""
        autosaved = self.revisions.select().where(Revision.reason == Reason.AUTOSAVED)
        return autosaved.order_by(None).order_by(Revision.created_at.desc(), Revision.id.desc())

    def autosaves_of(self, user: "User") -> Select[Revision]:
        return self.autosaves().where(Revision.author_id == user.id)

    def unsaved_of(self, user: "User") -> Revision | None:
        """The newest words of the person that she has neither saved nor set aside."""
        newest = self._newest_of(user)
        if newest is None or newest.is_set_aside:
            return None
        own = self.history().where(Revision.author_id == user.id).order_by(None)
        last_save = db.session.scalar(own.with_only_columns(func.max(Revision.created_at)))
        return newest if last_save is None or newest.created_at >= last_save else None

    def revisions_open_to(self, user: "User") -> Select[Revision]:
        """The saves, and the person's own autosaves: what others have not saved is theirs."""
        is_open = or_(Revision.reason != Reason.AUTOSAVED, Revision.author_id == user.id)
        return self.revisions.select().where(is_open)

    # -- verbs

    def autosave(
        self,
        *,
        by: "User",
        based_on: int,
        typed: Mapping[str, list[str]],
        title: str,
        slug: str,
        summary: str,
        body: str,
        language: str,
        tags: list[str] | None = None,
    ) -> Revision:
        """Keeps what was typed, right or wrong, on top of the version on which it is based.

        Neither what readers see nor the version changes, and nothing is rendered. `typed` are the fields as
        the editor sent them."""
        db.session.flush()  # a first save in the same breath comes before it
        now = clock.now()
        autosave = self._newest_of(by)
        if autosave is None or not _is_of_this_span(autosave, based_on, now):
            autosave = Revision(author=by, reason=Reason.AUTOSAVED, version=based_on, authors=[])
            self.revisions.add(autosave)
        autosave.created_at = now
        autosave.title, autosave.slug = title[:TITLE_LENGTH], slug[:SLUG_LENGTH]
        autosave.summary, autosave.body, autosave.language = summary, body, language[:20]
        autosave.tags = tags or []
        autosave.particulars = {"typed": dict(typed)}
        return autosave

    def save(self, *, by: "User | None", **changes: Any) -> bool:
        is_new = super().save(by=by, **changes)
        self._answer_autosaves(by)
        return is_new

    def release(self, *, by: "User | None" = None, **changes: Any) -> bool:
        is_new = super().release(by=by, **changes)
        self._answer_autosaves(by)
        return is_new

    # -- private

    def _answer_autosaves(self, by: "User | None") -> None:
        """A save that had nothing to change, as the first autosave of a new text has said it all, keeps no
        revision; it answers the autosave all the same."""
        if by is not None and self.id:
            self._supersede_autosaves(by, self.working())

    def _newest_of(self, user: "User") -> Revision | None:
        return db.session.scalar(self.autosaves_of(user).limit(1))

    def _keep_revision(self, by: "User | None", reason: Reason, text: dict[str, Any] | None = None) -> None:
        super()._keep_revision(by, reason, text)
        if by is not None and self.id:
            self._supersede_autosaves(by, text or self._text())

    def _supersede_autosaves(self, by: "User", text: dict[str, Any]) -> None:
        """An autosave that says the same as a save is needed no longer."""
        subject = Revision.post_id if self.kind == "post" else Revision.page_id
        db.session.execute(
            delete(Revision).where(
                subject == self.id,
                Revision.reason == Reason.AUTOSAVED,
                Revision.author_id == by.id,
                Revision.name == "",
                Revision.title == text["title"],
                Revision.summary == text["summary"],
                Revision.body == text["body"],
            )
        )


def _is_of_this_span(autosave: Revision, based_on: int, now: datetime) -> bool:
    began, begins = (at.timestamp() // SPAN.total_seconds() for at in (autosave.created_at, now))
    is_open = not autosave.is_set_aside and not autosave.name
    return began == begins and autosave.version == based_on and is_open


def thin_autosaves(now: datetime | None = None) -> int:
    """Deletes autosaves as KEPT says, and returns how many.

    The newest of a person that she has not saved since stays whatever its age: it may be the only place
    where its words are. Saves and milestones are no autosaves, and stay.
    """
    now = now or clock.now()
    rows = db.session.execute(
        select(Revision.id, Revision.post_id, Revision.page_id, Revision.author_id, Revision.created_at)
        .where(
            Revision.reason == Reason.AUTOSAVED, Revision.name == "", Revision.created_at < now - KEPT[0][0]
        )
        .order_by(Revision.created_at.desc(), Revision.id.desc())
    ).all()
    last = _last_of_each()
    kept, gone = set(), []
    for id, post_id, page_id, author_id, at in rows:
        whose = (post_id, page_id, author_id)
        newest_autosave, last_save = last.get(whose, (None, None))
        if at == newest_autosave and (last_save is None or at >= last_save):
            continue
        span = next((span for age, span in KEPT if at >= now - age), None)
        place = span and (*whose, span, at.timestamp() // span.total_seconds())
        if place is None or place in kept:
            gone.append(id)
        kept.add(place)
    for start in range(0, len(gone), 500):
        db.session.execute(delete(Revision).where(Revision.id.in_(gone[start : start + 500])))
    return len(gone)


def _last_of_each() -> dict[
    tuple[int | None, int | None, int | None], tuple[datetime | None, datetime | None]
]:
    """Of each text and person: the moments of the newest autosave and of the last save."""
    is_autosave = Revision.reason == Reason.AUTOSAVED
    autosaved = (
        select(Revision.post_id, Revision.page_id, Revision.author_id)
        .where(is_autosave)
        .distinct()
        .subquery()
    )
    whose = (Revision.post_id, Revision.page_id, Revision.author_id)
    rows = db.session.execute(
        select(
            *whose,
            func.max(Revision.created_at).filter(is_autosave),
            func.max(Revision.created_at).filter(~is_autosave),
        )
        .join(
            autosaved,
            (autosaved.c.author_id == Revision.author_id)
            & or_(autosaved.c.post_id == Revision.post_id, autosaved.c.page_id == Revision.page_id),
        )
        .group_by(*whose)
    )
    return {
        (post_id, page_id, author_id): (autosave, save)
        for post_id, page_id, author_id, autosave, save in rows
    }
