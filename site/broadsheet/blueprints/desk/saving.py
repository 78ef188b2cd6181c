"""Saving what a writer typed: the same for posts and pages, as a draft or published at once."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.forms import ContentForm, PageForm, PostForm
from broadsheet.blueprints.desk.kinds import Content
from broadsheet.lib.diffing import differences
from broadsheet.models import Post
from broadsheet.models.content import EditConflict


def form_for(content: Content) -> ContentForm:
    return PostForm(content) if isinstance(content, Post) else PageForm(content)


def editor(content: Content, form: ContentForm) -> str:
    return render_template(f"desk/{content.kind}s/edit.html", content=content, form=form)


def back_to_editor(content: Content) -> ResponseReturnValue:
    return redirect(url_for(f"desk.{content.kind}s.edit", id=content.id), 303)


def save(content: Content, form: ContentForm, *, to_publish: bool = False) -> ResponseReturnValue | None:
    """Takes over what was typed. If that cannot be, the answer that says why and keeps every word of it."""
    form.to_publish = to_publish
    if not form.validate():
        return editor(content, form), 422
    based_on = form.version.data if content.id else None
    try:
        content.revise(by=current_user._get_current_object(), based_on=based_on, **form.changes())
    except EditConflict:
        return conflict(content, form), 409
    content.date(form.published_at.data)
    if form.published_at.comes_twice:
        flash(
            _("The clocks show this time twice that night, as they are put back. The first is meant."),
            "message",
        )
    return None


def conflict(content: Content, form: ContentForm) -> str:
    """Both texts side by side: what was typed, ready to be saved, and what somebody saved meanwhile."""
    stored = form.stored()
    changed = [one for one in form if one.name in stored and one.name != "version" and not says(one, stored)]
    latest = content.latest_revision()
    form.version.raw_data, form.version.data = None, content.version
    return render_template(
        "desk/conflict.html",
        content=content,
        form=form,
        stored=stored,
        changed=changed,
        latest=latest,
        lines=differences(content.body, form.body.data),
    )


def says(field: object, stored: dict[str, object]) -> bool:
    return field.data == stored[field.name]  # type: ignore[attr-defined]
