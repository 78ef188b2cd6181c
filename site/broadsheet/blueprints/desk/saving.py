"""Saving what a writer typed: the same for posts and pages, as a draft, held back or published at once."""

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from wtforms import Field

from broadsheet.blueprints.desk.concerns import worries
from broadsheet.blueprints.desk.forms import ContentForm, PageForm, PostForm
from broadsheet.blueprints.desk.kinds import Content
from broadsheet.blueprints.desk.notes import NoteForm, notes_on
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.diffing import differences
from broadsheet.models import Post, Presence, Revision
from broadsheet.models.content import WORDS_A_MINUTE, EditConflict
from broadsheet.models.presence import LATELY
from broadsheet.web.filters import own_zone


def form_for(content: Content, typed: MultiDict[str, str] | None = None) -> ContentForm:
    """The editor's form; `typed` stands in place of what was sent."""
    sent = {} if typed is None else {"formdata": typed}
    return PostForm(content, **sent) if isinstance(content, Post) else PageForm(content, **sent)


def editor(content: Content, form: ContentForm, autosave: Revision | None = None) -> str:
    """`autosave` is what the form shows in place of the newest save."""
    latest = content.latest_revision() if content.id else None
    others = Presence.of_others(content, current_user, LATELY) if content.id else None
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
        words_a_minute=WORDS_A_MINUTE,
    )


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
        return editor(content, form), 422
    if worries(content, form, to_publish=to_publish):
        return editor(content, form), 422
    based_on = version_before_the_writer(content, form)
    changes = form.changes()
    merged = content.merge(changes, based_on)
    if merged.conflicts:
        return conflict(content, form), 409
    by = current_user._get_current_object()
    verb = content.release if to_publish else content.save
    try:
        verb(by=by, based_on=based_on, **changes)
    except EditConflict:
        return conflict(content, form), 409
    if merged.brought:
        flash(brought_in_words(content, form, merged.brought), "message")
    if form.published_at.comes_twice:
        flash(
            _("The clocks show this time twice that night, as they are put back. The first is meant."),
            "message",
        )
    return None


def version_before_the_writer(content: Content, form: ContentForm) -> int | None:
    """The version on which the text builds. A program that does not say so is not taken to know the newest,
    but what its person has opened or saved last: what others did since is not overwritten unseen."""
    if not content.id:
        return None
    if form.version.raw_data and form.version.data is not None:
        return form.version.data
    return Presence.version_known_to(current_user, content)


def brought_in_words(content: Content, form: ContentForm, names: list[str]) -> str:
    """What a save kept of others' changes, by the labels of the fields."""
    labels = {
        name: str(form[field].label.text) for name in names if (field := name.removesuffix("_id")) in form
    }
    return _(
        "Somebody saved meanwhile. Your changes and theirs are merged: %(fields)s. Look them over.",
        fields=", ".join(labels.get(name, name) for name in names),
    )


def conflict(content: Content, form: ContentForm) -> str:
    """Both texts side by side: what was typed, ready to be saved, and what somebody saved meanwhile."""
    theirs = type(form)(content, formdata=None)
    fields = [form.title, form.summary, form.body, *form.particulars]
    stored = content.working()
    form.version.raw_data, form.version.data = None, content.version
    return render_template(
        "desk/conflict.html",
        content=content,
        form=form,
        theirs=theirs,
        same=[(one.name, shown(one)) for one in fields if one.data == theirs[one.name].data],
        different=[(one, shown(theirs[one.name])) for one in fields if one.data != theirs[one.name].data],
        latest=content.latest_revision(),
        lines=differences(stored["body"], form.body.data),
    )


def shown(field: Field) -> str:
    """The value as it stands in the control."""
    return str(field._value() if hasattr(field, "_value") else field.data or "")
