"""Saving what a writer typed: the same for posts and pages, as a draft, held back or published at once."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.concerns import told, worries
from broadsheet.blueprints.desk.conflicts import conflict, label
from broadsheet.blueprints.desk.notes import notes_on
from broadsheet.extensions import db
from broadsheet.forms.content import ContentForm
from broadsheet.forms.notes import NoteForm
from broadsheet.forms.saving import rendered_apart, store, version_before_the_writer
from broadsheet.lib import clock, markdown
from broadsheet.models import Correction, Post, Presence, Revision
from broadsheet.models.presence import LATELY
from broadsheet.models.readable import WORDS_A_MINUTE, minutes_to_read
from broadsheet.web.errors import wants_json
from broadsheet.web.filters import own_zone
from broadsheet.web.kinds import Content


def editor(content: Content, form: ContentForm, autosave: Revision | None = None) -> str:
    """`autosave` is what the form shows in place of the newest save."""
    latest = content.latest_revision() if content.id else None
    others = Presence.of_others(content, current_user, LATELY) if content.id else None
    words = markdown.count_words(form.body.data or "")
    return render_template(
        f"desk/{content.kind}s/edit.html",
        content=content,
        form=form,
        autosave=autosave,
        others=list(db.session.scalars(others)) if others is not None else [],
        last_saved_by=latest.author.name if latest and latest.author else "",
        last_saved_at=latest.created_at if latest else content.updated_at,
        # What this browser has kept is older than the person's own newest words, and needs no mention.
        own_words_at=own_words_at(autosave, latest),
        now=clock.now(),
        zone=own_zone(),
        may_publish=current_user.can_publish(content),
        review=content.latest_review() if content.id else None,
        notes=notes_on(content) if content.id else [],
        note_form=NoteForm(formdata=None),
        corrections=corrections_of(content),
        words=words,
        minutes=minutes_to_read(words),
        words_a_minute=WORDS_A_MINUTE,
    )


def corrections_of(content: Content) -> list[Correction]:
    if not isinstance(content, Post) or not content.id:
        return []
    return list(db.session.scalars(Correction.of(content)))


def own_words_at(autosave: Revision | None, latest: Revision | None) -> datetime | None:
    if autosave is not None:
        return autosave.created_at
    return latest.created_at if latest and latest.author_id == current_user.id else None


def back_to_editor(content: Content) -> ResponseReturnValue:
    return redirect(url_for(f"desk.{content.kind}s.edit", id=content.id), 303)


def save(content: Content, form: ContentForm, *, to_publish: bool = False) -> ResponseReturnValue | None:
    """Takes over what was typed. If that cannot be, the answer that says why and keeps every word of it."""
    form.to_publish = to_publish
    if not form.validate():
        return refused(content, form)
    document = rendered_apart(content, form.body.data, form.language.data)
    if worries(content, form, to_publish=to_publish, document=document):
        return refused(content, form)
    merged = store(content, form, to_publish=to_publish, document=document)
    if merged.conflicts:
        return conflict(content, form, merged, version_before_the_writer(content, form))
    if merged.brought:
        flash(brought_in_words(form, merged.brought), "message")
    if form.published_at.comes_twice or form.expires_at.comes_twice:
        flash(
            _("The clocks show this time twice that night, as they are put back. The first is meant."),
            "message",
        )
    return None


def refused(content: Content, form: ContentForm) -> ResponseReturnValue:
    if wants_json():
        return told(form.concerns, form.confirmation, errors=form.errors)
    return editor(content, form), 422


def save_typed(content: Content, form: ContentForm) -> ResponseReturnValue | None:
    """The same for a deed whose button stands in the editor: what was typed there is saved as well. A bare
    POST, from elsewhere, brings no text, and nothing of the stored one is judged."""
    return save(content, form) if "version" in request.form else None


def brought_in_words(form: ContentForm, names: list[str]) -> str:
    """What a save kept of others' changes, by the labels of the fields."""
    return _(
        "Somebody saved meanwhile. Your changes and theirs are merged: %(fields)s. Look them over.",
        fields=", ".join(label(form, name) for name in names),
    )
