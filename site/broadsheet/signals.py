"""Every event of the site: the extension points.

A domain verb records the event in the audit log and queues its signal; the session sends the signal once
the commit is through. A receiver therefore sees only what has really happened, may be late, and cannot
undo it. Receivers are called as `receiver(sender, **arguments)`, with the arguments named here and no other;
take what you need and the rest by `**_rest`, since later versions may bring more. Of what was deleted, the
columns can still be read. From this file `docs/reference/signals.md` is generated.
"""

from typing import NamedTuple

from blinker import NamedSignal, Namespace

_signals = Namespace()


class Meaning(NamedTuple):
    """When it is sent, the class of its sender, and what each argument is."""

    when: str
    sender: str
    arguments: dict[str, str]


_meanings: dict[str, Meaning] = {}


def _signal(name: str, when: str, sender: str, /, **arguments: str) -> NamedSignal:
    _meanings[name] = Meaning(when, sender, arguments)
    return _signals.signal(name, when)


post_created = _signal("post_created", "A post was saved for the first time.", "Post")
post_revised = _signal("post_revised", "A post's text or particulars changed.", "Post")
post_held = _signal("post_held", "Changes of a post were saved that readers do not see yet.", "Post")
post_given_up = _signal("post_given_up", "The changes of a post that were held back are given up.", "Post")
post_published = _signal("post_published", "A post is public from now on.", "Post")
post_scheduled = _signal("post_scheduled", "A post becomes public at `at`.", "Post", at="the moment, in UTC")
post_end_set = _signal(
    "post_end_set",
    "Readers see a post until `until`, or without an end.",
    "Post",
    until="the moment, in UTC, or None for no end",
)
post_unpublished = _signal("post_unpublished", "A post is a draft again.", "Post")
post_trashed = _signal("post_trashed", "A post was moved to the trash.", "Post")
post_recovered = _signal("post_recovered", "A post came back from the trash.", "Post")
post_review_requested = _signal(
    "post_review_requested", "An editor is asked to look, by `review`.", "Post", review="the Review"
)
post_review_returned = _signal(
    "post_review_returned",
    "An editor answered `review` with a note.",
    "Post",
    review="the Review, with its `answer`",
)
post_review_withdrawn = _signal(
    "post_review_withdrawn", "Nobody need look any more; `review` ended.", "Post", review="the Review"
)
post_review_passed = _signal(
    "post_review_passed", "The answer to `review` was to publish.", "Post", review="the Review"
)
post_note_left = _signal("post_note_left", "Somebody left `note` on a post.", "Post", note="the Note")
post_note_resolved = _signal("post_note_resolved", "A `note` is dealt with.", "Post", note="the Note")
post_note_reopened = _signal("post_note_reopened", "A `note` is open again.", "Post", note="the Note")
post_note_deleted = _signal("post_note_deleted", "A note on a post was deleted.", "Post")
post_corrected = _signal(
    "post_corrected",
    "Readers are told what was wrong in a post, by `correction`.",
    "Post",
    correction="the Correction",
)
post_correction_deleted = _signal("post_correction_deleted", "A correction of a post was deleted.", "Post")
post_preview_link_created = _signal(
    "post_preview_link_created",
    "A post can be seen by a link, for `label`.",
    "Post",
    label="for whom or what it is",
)
post_preview_link_revoked = _signal(
    "post_preview_link_revoked",
    "The link for `label` shows nothing any more.",
    "Post",
    label="for whom or what it was",
)
post_preview_link_reinstated = _signal(
    "post_preview_link_reinstated",
    "The revoked link for `label` works again.",
    "Post",
    label="for whom or what it is",
)
post_deleted = _signal("post_deleted", "A post was deleted for good.", "Post")
post_pinned = _signal("post_pinned", "A post stays first on the home page.", "Post")
post_unpinned = _signal("post_unpinned", "A post is in its place by date again.", "Post")

page_created = _signal("page_created", "A page was saved for the first time.", "Page")
page_revised = _signal("page_revised", "A page's text or particulars changed.", "Page")
page_held = _signal("page_held", "Changes of a page were saved that readers do not see yet.", "Page")
page_given_up = _signal("page_given_up", "The changes of a page that were held back are given up.", "Page")
page_published = _signal("page_published", "A page is public from now on.", "Page")
page_scheduled = _signal("page_scheduled", "A page becomes public at `at`.", "Page", at="the moment, in UTC")
page_end_set = _signal(
    "page_end_set",
    "Readers see a page until `until`, or without an end.",
    "Page",
    until="the moment, in UTC, or None for no end",
)
page_unpublished = _signal("page_unpublished", "A page is a draft again.", "Page")
page_trashed = _signal("page_trashed", "A page was moved to the trash.", "Page")
page_recovered = _signal("page_recovered", "A page came back from the trash.", "Page")
page_review_requested = _signal(
    "page_review_requested", "An editor is asked to look, by `review`.", "Page", review="the Review"
)
page_review_returned = _signal(
    "page_review_returned",
    "An editor answered `review` with a note.",
    "Page",
    review="the Review, with its `answer`",
)
page_review_withdrawn = _signal(
    "page_review_withdrawn", "Nobody need look any more; `review` ended.", "Page", review="the Review"
)
page_review_passed = _signal(
    "page_review_passed", "The answer to `review` was to publish.", "Page", review="the Review"
)
page_note_left = _signal("page_note_left", "Somebody left `note` on a page.", "Page", note="the Note")
page_note_resolved = _signal("page_note_resolved", "A `note` is dealt with.", "Page", note="the Note")
page_note_reopened = _signal("page_note_reopened", "A `note` is open again.", "Page", note="the Note")
page_note_deleted = _signal("page_note_deleted", "A note on a page was deleted.", "Page")
page_preview_link_created = _signal(
    "page_preview_link_created",
    "A page can be seen by a link, for `label`.",
    "Page",
    label="for whom or what it is",
)
page_preview_link_revoked = _signal(
    "page_preview_link_revoked",
    "The link for `label` shows nothing any more.",
    "Page",
    label="for whom or what it was",
)
page_preview_link_reinstated = _signal(
    "page_preview_link_reinstated",
    "The revoked link for `label` works again.",
    "Page",
    label="for whom or what it is",
)
page_deleted = _signal("page_deleted", "A page was deleted for good.", "Page")

tag_created = _signal("tag_created", "A tag was made by hand, not by writing it at a post.", "Tag")
tag_changed = _signal("tag_changed", "A tag's name, address or description changed.", "Tag")
tag_merged = _signal(
    "tag_merged",
    "All `posts` of a tag bear the tag named `into` instead.",
    "Tag",
    into="the name of the tag that stays",
    into_id="its id",
    posts="how many bore the one that is gone",
    was="its `name`, `slug`, `description` and `picture` (an id)",
    moved="ids of posts that bore it alone",
    both="ids of posts that bore both, each with its place",
    aliases="ids of addresses that led to it",
)
tag_separated = _signal(
    "tag_separated", "A merge was taken back.", "Tag", from_="the name of the tag with which it was one"
)
tag_deleted = _signal("tag_deleted", "A tag was deleted.", "Tag")
series_created = _signal("series_created", "A series was begun.", "Series")
series_changed = _signal("series_changed", "A series' name, address or description changed.", "Series")
series_ordered = _signal("series_ordered", "The posts of a series changed places.", "Series")
series_deleted = _signal("series_deleted", "A series was deleted; its posts stay.", "Series")

link_ignored = _signal(
    "link_ignored", "A link to another site is left alone, dead or not.", "OutgoingAddress"
)
link_heeded = _signal("link_heeded", "An ignored link is looked at again.", "OutgoingAddress")
redirect_created = _signal(
    "redirect_created", "A path was made to lead to `to`, by hand.", "Alias", to="the path"
)
redirect_deleted = _signal(
    "redirect_deleted", "A path no longer leads to `to`, by hand.", "Alias", to="the path"
)

upload_stored = _signal("upload_stored", "A file was uploaded.", "Upload")
upload_replaced = _signal(
    "upload_replaced",
    "Another file took the place of `former_key`, under `key`.",
    "Upload",
    key="where the new file lies",
    former_key="where the former one lay",
)
upload_deleted = _signal("upload_deleted", "A file was deleted.", "Upload", key="where the file lay")

message_received = _signal("message_received", "A visitor wrote to us.", "Message")
message_judged = _signal(
    "message_judged", "A person said whether it is `spam`.", "Message", spam="whether it is"
)
message_trashed = _signal("message_trashed", "A message was moved to the trash.", "Message")
message_recovered = _signal("message_recovered", "A message came back from the trash.", "Message")
message_deleted = _signal("message_deleted", "A message was deleted for good.", "Message")
reply_written = _signal("reply_written", "A reply to a message or a submission is to be mailed.", "Reply")
submission_received = _signal("submission_received", "A reader offers a piece.", "Submission")
submission_accepted = _signal(
    "submission_accepted", "A submission became the draft `post`.", "Submission", post="the draft"
)
submission_declined = _signal("submission_declined", "A submission was declined.", "Submission")
submission_judged = _signal(
    "submission_judged", "A person said whether it is `spam`.", "Submission", spam="whether it is"
)
submission_trashed = _signal("submission_trashed", "A submission was moved to the trash.", "Submission")
submission_recovered = _signal("submission_recovered", "A submission came back from the trash.", "Submission")
submission_deleted = _signal("submission_deleted", "A submission was deleted for good.", "Submission")

person_created = _signal(
    "person_created", "Somebody got an account or a byline.", "User", role="reader, author, editor or admin"
)
account_opened = _signal(
    "account_opened", "A byline can sign in from now on.", "User", role="reader, author, editor or admin"
)
person_changed = _signal("person_changed", "A profile changed.", "User")
role_changed = _signal(
    "role_changed",
    "A role went from `old` to `new`.",
    "User",
    old="reader, author, editor or admin",
    new="the same",
)
person_suspended = _signal("person_suspended", "An account was closed to sign-in.", "User")
person_reinstated = _signal("person_reinstated", "A suspension ended.", "User")
password_changed = _signal("password_changed", "A password was set anew.", "User")
email_change_requested = _signal(
    "email_change_requested",
    "Somebody asked for the link `url` that makes `email` theirs.",
    "User",
    email="the new address",
    url="the link that makes it theirs",
)
email_changed = _signal(
    "email_changed",
    "An e-mail address took the place of `former`, perhaps until somebody follows a link that undoes it.",
    "User",
    former="the old address, or None",
    undo_url="the link that brings it back, or empty",
    is_undone_by_older="whether an address before the old one has such a link",
)
email_change_undone = _signal(
    "email_change_undone", "The old e-mail address is back, at its own wish.", "User"
)
authenticator_app_added = _signal(
    "authenticator_app_added", "Codes of an app are asked for at sign-in from now on.", "User"
)
authenticator_app_removed = _signal(
    "authenticator_app_removed", "An authenticator app counts no longer.", "User"
)
passkey_added = _signal("passkey_added", "A `passkey` opens the account.", "User", passkey="its name")
passkey_removed = _signal(
    "passkey_removed", "A `passkey` opens nothing any more.", "User", passkey="its name"
)
recovery_codes_made = _signal(
    "recovery_codes_made",
    "Recovery codes took the place of any others, or `is_first`.",
    "User",
    is_first="whether there were none before",
)
recovery_code_used = _signal(
    "recovery_code_used",
    "A recovery code opened the account; `left` are left.",
    "User",
    left="how many are left",
)
second_factors_removed = _signal(
    "second_factors_removed", "All second factors were taken off an account.", "User"
)
token_created = _signal(
    "token_created",
    "A program can come in by a token of somebody's.",
    "User",
    token="its name",
    scopes="what it is for: content:read and the like",
)
token_revoked = _signal("token_revoked", "A token opens nothing any more.", "User", token="its name")
token_reinstated = _signal("token_reinstated", "A revoked token works again.", "User", token="its name")
password_forgotten = _signal(
    "password_forgotten", "Somebody asked for the reset link `url`.", "User", url="the reset link"
)
signed_in = _signal(
    "signed_in",
    "Somebody signed in `by` password, app, recovery code or passkey, perhaps from a `new_place`.",
    "User",
    by="password, app, recovery code or passkey",
    new_place="whether this browser and network were new",
    browser="its name, or empty",
    system="its name, or empty",
)
sign_in_failed = _signal("sign_in_failed", "A sign-in was refused.", "User or Visitor")
second_factor_failed = _signal(
    "second_factor_failed",
    "The password was right, and a code was not; `is_last` for now, too many were tried.",
    "User",
    is_last="whether no other is heard for now",
)
signed_out = _signal("signed_out", "A session ended by hand.", "User")
invitation_created = _signal(
    "invitation_created",
    "Somebody was invited by the link `url`.",
    "Invitation",
    role="reader, author, editor or admin",
    url="the link",
)
invitation_withdrawn = _signal("invitation_withdrawn", "An invitation ends.", "Invitation")

webhook_created = _signal(
    "webhook_created", "A program elsewhere is told what happens from now on.", "Webhook"
)
webhook_changed = _signal(
    "webhook_changed", "A webhook's name, address or choice of events changed.", "Webhook"
)
webhook_secret_changed = _signal(
    "webhook_secret_changed", "What is sent is signed with another secret.", "Webhook"
)
webhook_switched_off = _signal(
    "webhook_switched_off",
    "A webhook is told nothing any more.",
    "Webhook",
    because="by_hand, gone (its target said so) or dead (nothing came through for days)",
)
webhook_switched_on = _signal("webhook_switched_on", "A webhook is told what happens again.", "Webhook")
webhook_deleted = _signal("webhook_deleted", "A webhook was deleted.", "Webhook")

settings_changed = _signal(
    "settings_changed", "The site's settings in `names` changed.", "Site", names="those that changed"
)
plugin_suspended = _signal("plugin_suspended", "A plugin was switched off by hand.", "PluginName")
plugin_reinstated = _signal("plugin_reinstated", "A plugin was switched on by hand.", "PluginName")
backup_failed = _signal(
    "backup_failed",
    "The daily backup could not be made or sent, again and again; the `problem` says why.",
    "Backup",
    was_made="whether it was made, and could not be sent",
    problem="why, in a line",
)
import_finished = _signal(
    "import_finished", "An import ended with `counts`.", "Import", counts="how many, by kind"
)


def every() -> dict[str, Meaning]:
    """The name of each signal and what is said of it, in the order of this page."""
    return dict(_meanings)
