"""Storing what a form says, without overwriting unseen what others have saved meanwhile."""

from typing import Any

from flask_login import current_user

from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.forms.content import ContentForm
from broadsheet.lib import markdown
from broadsheet.models import Presence, Reason, rendering
from broadsheet.models.versioned import Merged
from broadsheet.web.kinds import Content, held_or_404


def store(
    content: Content,
    form: ContentForm,
    *,
    to_publish: bool = False,
    document: markdown.Document | None = None,
) -> Merged:
    """Takes over what a form that is valid says: as the newest save, or released `to_publish`. Nothing is
    stored if what comes back has `conflicts`. `document` is what was made of the form's text already."""
    if document is None:
        document = rendered_apart(content, form.body.data, form.language.data)
    based_on = version_before_the_writer(content, form)
    merged = content.merge(form.changes(), based_on)
    rendered = text_of(form.changes())
    while not merged.conflicts and text_of(merged.changes) != rendered:
        db.session.rollback()  # of what is merged, too, nothing is rendered while others wait
        rendered = text_of(merged.changes)
        document = rendered_apart(content, *rendered)
        merged = content.merge(form.changes(), based_on)
    if not merged.conflicts:
        by = current_user._get_current_object()
        reason: dict[str, Any] = {"reason": Reason.MERGED} if merged.brought else {}
        verb = content.release if to_publish else content.save
        verb(by=by, rendered=document, **reason, **merged.changes)
    return merged


def text_of(changes: dict[str, Any]) -> tuple[str, str]:
    """What the pipeline makes its document of."""
    return changes["body"], changes["language"]


def rendered_apart(content: Content, body: str, language: str) -> markdown.Document:
    """What the pipeline makes of the text, while nobody has to wait for the writers' lock: a long or hostile
    text takes seconds. Afterwards the content is held again, and says what others saved meanwhile."""
    db.session.commit()
    with reading():
        document = rendering.rendered(body, language=language)
        db.session.commit()
    if content.id:
        held_or_404(type(content), content.id)
    return document


def version_before_the_writer(content: Content, form: ContentForm) -> int | None:
    """The version on which the text builds. A program that does not say so is not taken to know the newest,
    but what its person has opened or saved last: what others did since is not overwritten unseen."""
    if not content.id:
        return None
    if form.version.raw_data and form.version.data is not None and not form.version.process_errors:
        return form.version.data
    return Presence.version_known_to(current_user, content)
