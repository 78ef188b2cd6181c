"""Saving what a writer typed: the same for posts and pages, as a draft or published at once."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import Field

from broadsheet.blueprints.desk.forms import ContentForm, PageForm, PostForm
from broadsheet.blueprints.desk.kinds import Content
from broadsheet.lib.diffing import differences
from broadsheet.models import Post
from broadsheet.models.content import EditConflict
from broadsheet.web.filters import own_zone


def form_for(content: Content) -> ContentForm:
    return PostForm(content) if isinstance(content, Post) else PageForm(content)


def editor(content: Content, form: ContentForm) -> str:
    latest = content.latest_revision() if content.id else None
    return render_template(
        f"desk/{content.kind}s/edit.html",
        content=content,
        form=form,
        last_saved_by=latest.author.name if latest and latest.author else "",
        zone=own_zone(),
    )


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
    theirs = type(form)(content, formdata=None)
    fields = [form.title, form.summary, form.body, *form.particulars]
    form.version.raw_data, form.version.data = None, content.version
    return render_template(
        "desk/conflict.html",
        content=content,
        form=form,
        theirs=theirs,
        same=[(one.name, shown(one)) for one in fields if one.data == theirs[one.name].data],
        different=[(one, shown(theirs[one.name])) for one in fields if one.data != theirs[one.name].data],
        latest=content.latest_revision(),
        lines=differences(content.body, form.body.data),
    )


def shown(field: Field) -> str:
    """The value as it stands in the control."""
    return str(field._value() if hasattr(field, "_value") else field.data or "")
