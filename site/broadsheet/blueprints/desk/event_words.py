"""The audit log in words: what each event is called, and where its subject can be looked at."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.models import (
    Event,
    Message,
    Page,
    Post,
    Reply,
    Series,
    Submission,
    Tag,
    Upload,
    User,
    Webhook,
)
from broadsheet.web.access import ACCESS

_ = lazy_gettext

WORDS: dict[str, Any] = {
    "post_created": _("wrote a post"),
    "post_revised": _("changed a post"),
    "post_held": _("saved changes to a post, not yet published"),
    "post_given_up": _("gave up changes to a post"),
    "post_published": _("published a post"),
    "post_scheduled": _("scheduled a post"),
    "post_end_set": _("set the end of a post"),
    "post_unpublished": _("unpublished a post"),
    "post_trashed": _("moved a post to the trash"),
    "post_recovered": _("took a post out of the trash"),
    "post_review_requested": _("sent a post for review"),
    "post_review_returned": _("returned a post from review"),
    "post_review_withdrawn": _("took a post back from review"),
    "post_review_passed": _("passed a post in review"),
    "post_note_left": _("left a note on a post"),
    "post_note_resolved": _("resolved a note on a post"),
    "post_note_reopened": _("reopened a note on a post"),
    "post_note_deleted": _("deleted a note on a post"),
    "post_corrected": _("added a correction to a post"),
    "post_correction_deleted": _("deleted a correction of a post"),
    "post_preview_link_created": _("made a preview link to a post"),
    "post_preview_link_revoked": _("revoked a preview link to a post"),
    "post_preview_link_reinstated": _("reinstated a preview link to a post"),
    "post_deleted": _("deleted a post for good"),
    "post_pinned": _("pinned a post"),
    "post_unpinned": _("unpinned a post"),
    "page_created": _("wrote a page"),
    "page_revised": _("changed a page"),
    "page_held": _("saved changes to a page, not yet published"),
    "page_given_up": _("gave up changes to a page"),
    "page_published": _("published a page"),
    "page_scheduled": _("scheduled a page"),
    "page_end_set": _("set the end of a page"),
    "page_unpublished": _("unpublished a page"),
    "page_trashed": _("moved a page to the trash"),
    "page_recovered": _("took a page out of the trash"),
    "page_review_requested": _("sent a page for review"),
    "page_review_returned": _("returned a page from review"),
    "page_review_withdrawn": _("took a page back from review"),
    "page_review_passed": _("passed a page in review"),
    "page_note_left": _("left a note on a page"),
    "page_note_resolved": _("resolved a note on a page"),
    "page_note_reopened": _("reopened a note on a page"),
    "page_note_deleted": _("deleted a note on a page"),
    "page_preview_link_created": _("made a preview link to a page"),
    "page_preview_link_revoked": _("revoked a preview link to a page"),
    "page_preview_link_reinstated": _("reinstated a preview link to a page"),
    "page_deleted": _("deleted a page for good"),
    "tag_created": _("made a tag"),
    "tag_changed": _("changed a tag"),
    "tag_merged": _("merged a tag"),
    "tag_separated": _("took back a merge of tags"),
    "tag_deleted": _("deleted a tag"),
    "series_created": _("began a series"),
    "series_changed": _("changed a series"),
    "series_ordered": _("put a series in order"),
    "series_deleted": _("deleted a series"),
    "link_ignored": _("set a link aside"),
    "link_heeded": _("had a link looked at again"),
    "redirect_created": _("added a redirect"),
    "redirect_deleted": _("deleted a redirect"),
    "upload_stored": _("uploaded a file"),
    "upload_replaced": _("replaced a file"),
    "upload_deleted": _("deleted a file"),
    "message_received": _("sent a message"),
    "message_judged": _("judged a message"),
    "message_trashed": _("moved a message to the trash"),
    "message_recovered": _("took a message out of the trash"),
    "message_deleted": _("deleted a message"),
    "reply_written": _("sent a reply"),
    "submission_received": _("offered a piece"),
    "submission_accepted": _("accepted a submission"),
    "submission_declined": _("declined a submission"),
    "submission_judged": _("judged a submission"),
    "submission_trashed": _("moved a submission to the trash"),
    "submission_recovered": _("took a submission out of the trash"),
    "submission_deleted": _("deleted a submission"),
    "person_created": _("added a person"),
    "account_opened": _("joined under a byline"),
    "person_changed": _("changed a profile"),
    "role_changed": _("gave a role"),
    "person_suspended": _("suspended an account"),
    "person_reinstated": _("reinstated an account"),
    "password_changed": _("set a password"),
    "email_change_requested": _("asked for another e-mail address"),
    "email_changed": _("changed an e-mail address"),
    "email_change_undone": _("took back an e-mail address"),
    "authenticator_app_added": _("set up an authenticator app"),
    "authenticator_app_removed": _("removed an authenticator app"),
    "passkey_added": _("added a passkey"),
    "passkey_removed": _("removed a passkey"),
    "recovery_codes_made": _("made recovery codes"),
    "recovery_code_used": _("used a recovery code"),
    "second_factors_removed": _("removed second factors"),
    "token_created": _("made a token for programs"),
    "token_revoked": _("revoked a token for programs"),
    "token_reinstated": _("reinstated a token for programs"),
    "password_forgotten": _("asked for a new password"),
    "signed_in": _("signed in"),
    "sign_in_failed": _("was refused at sign-in"),
    "second_factor_failed": _("gave a wrong code"),
    "signed_out": _("signed out"),
    "invitation_created": _("invited somebody"),
    "invitation_withdrawn": _("withdrew an invitation"),
    "webhook_created": _("added a webhook"),
    "webhook_changed": _("changed a webhook"),
    "webhook_secret_changed": _("changed the secret of a webhook"),
    "webhook_switched_off": _("switched off a webhook"),
    "webhook_switched_on": _("switched on a webhook"),
    "webhook_deleted": _("deleted a webhook"),
    "settings_changed": _("changed the settings"),
    "plugin_suspended": _("switched a plugin off"),
    "plugin_reinstated": _("switched a plugin on"),
    "backup_failed": _("failed at a backup"),
    "import_finished": _("finished an import"),
}

# What an import counts, as transfer/report.py calls it.
BROUGHT: dict[str, Callable[[int], str]] = {
    "files": lambda n: ngettext("%(num)d file", "%(num)d files", n),
    "posts_new": lambda n: ngettext("%(num)d new post", "%(num)d new posts", n),
    "posts_updated": lambda n: ngettext("%(num)d changed post", "%(num)d changed posts", n),
    "posts_unchanged": lambda n: ngettext("%(num)d post unchanged", "%(num)d posts unchanged", n),
    "posts_left_alone": lambda n: ngettext(
        "%(num)d post left as edited here", "%(num)d posts left as edited here", n
    ),
    "bylines": lambda n: ngettext("%(num)d byline", "%(num)d bylines", n),
    "tags": lambda n: ngettext("%(num)d tag", "%(num)d tags", n),
    "pictures": lambda n: ngettext("%(num)d picture", "%(num)d pictures", n),
    "redirects": lambda n: ngettext("%(num)d redirect", "%(num)d redirects", n),
    "links": lambda n: ngettext("%(num)d link rewritten", "%(num)d links rewritten", n),
}

SIGNED_IN_BY = {
    "app": _("with an authenticator app"),
    "recovery code": _("with a recovery code"),
    "passkey": _("with a passkey"),
}

# Whoever does these is not signed in before, or not after: the subject itself is who did it.
OWN = (
    "signed_in",
    "signed_out",
    "sign_in_failed",
    "second_factor_failed",
    "password_forgotten",
    "email_change_undone",
    "account_opened",
)

# Kind of subject → its model, and the page of the desk that shows one.
PLACES: dict[str, tuple[Any, str]] = {
    "post": (Post, "desk.posts.edit"),
    "page": (Page, "desk.pages.edit"),
    "tag": (Tag, "desk.tags.edit"),
    "series": (Series, "desk.series.edit"),
    "upload": (Upload, "desk.uploads.edit"),
    "message": (Message, "desk.messages.show"),
    "submission": (Submission, "desk.submissions.show"),
    "reply": (Reply, "desk.replies.show"),
    "user": (User, "desk.people.edit"),
    "webhook": (Webhook, "desk.webhooks.show"),
}


def told(events: Iterable[Event]) -> list[dict[str, Any]]:
    """What a list shows of each event; one query for each kind of subject, to see which still exist."""
    events = list(events)
    alive = existing(events)
    return [
        {
            "at": event.at,
            "who": event.subject_label if event.action in OWN else actor(event),
            "what": WORDS.get(event.action, event.action),
            "subject": "" if is_about_oneself(event) else event.subject_label,
            "url": url_of(event) if (event.subject_kind, event.subject_id) in alive else None,
            "detail": detail(event),
            "address": event.address,
        }
        for event in events
    ]


def existing(events: list[Event]) -> set[tuple[str, int]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.subject_id is not None and event.subject_kind in PLACES:
            wanted[event.subject_kind].add(event.subject_id)
    alive = set()
    for kind, ids in wanted.items():
        model, endpoint = PLACES[kind]
        if current_user.can(ACCESS[endpoint]):
            alive |= {(kind, id) for id in db.session.scalars(db.select(model.id).where(model.id.in_(ids)))}
    return alive


def actor(event: Event) -> str:
    if event.actor_name:
        return event.actor_name
    return gettext("A visitor") if event.address else gettext("The command line")


def is_about_oneself(event: Event) -> bool:
    return event.action in OWN or (event.subject_kind == "user" and event.subject_id == event.actor_id)


def url_of(event: Event) -> str:
    return url_for(PLACES[event.subject_kind][1], id=event.subject_id)


def detail(event: Event) -> str:
    details = event.details or {}
    if event.action == "role_changed":
        return f"{details.get('old')} → {details.get('new')}"
    if event.action == "tag_merged":
        return f"→ {details.get('into')}"
    if event.action.startswith("redirect_"):
        return f"→ {details.get('to')}"
    if event.action.endswith("_judged"):
        return gettext("spam") if details.get("spam") else gettext("no spam")
    if event.action == "signed_in":
        return str(SIGNED_IN_BY.get(details.get("by", ""), ""))
    if event.action.startswith("token_"):
        return str(details.get("token", ""))
    if event.action.startswith("passkey_"):
        return str(details.get("passkey", ""))
    if event.action == "backup_failed":
        return str(details.get("problem", ""))
    if event.action == "settings_changed":
        return ", ".join(details.get("names", []))
    if event.action == "import_finished":
        counts = details.get("counts") or {}
        brought = ", ".join(said(counts[name]) for name, said in BROUGHT.items() if counts.get(name))
        return brought or gettext("nothing new")
    return str(details.get("role", ""))
