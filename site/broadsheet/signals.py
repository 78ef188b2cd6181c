"""Every event of the site: the extension points.

A domain verb records the event in the audit log and queues its signal; the session sends the signal once
the commit is through. A receiver therefore sees only what has really happened, may be late, and cannot
undo it. Receivers are called as `receiver(sender, **details)`; the sender is the subject named here.
"""

from blinker import Namespace

_signals = Namespace()

post_created = _signals.signal("post_created", "A post was saved for the first time. Sender: the post.")
post_revised = _signals.signal("post_revised", "A post's text or particulars changed. Sender: the post.")
post_held = _signals.signal(
    "post_held", "Changes of a post were saved that readers do not see yet. Sender: the post."
)
post_given_up = _signals.signal(
    "post_given_up", "The changes of a post that were held back are given up. Sender: the post."
)
post_published = _signals.signal("post_published", "A post is public from now on. Sender: the post.")
post_scheduled = _signals.signal("post_scheduled", "A post becomes public at `at`. Sender: the post.")
post_end_set = _signals.signal(
    "post_end_set", "Readers see a post until `until`, or without an end. Sender: the post."
)
post_unpublished = _signals.signal("post_unpublished", "A post is a draft again. Sender: the post.")
post_trashed = _signals.signal("post_trashed", "A post was moved to the trash. Sender: the post.")
post_recovered = _signals.signal("post_recovered", "A post came back from the trash. Sender: the post.")
post_review_requested = _signals.signal(
    "post_review_requested", "An editor is asked to look, by `review`. Sender: the post."
)
post_review_returned = _signals.signal(
    "post_review_returned", "An editor answered `review` with a note. Sender: the post."
)
post_review_withdrawn = _signals.signal(
    "post_review_withdrawn", "Nobody need look any more; `review` ended. Sender: the post."
)
post_review_passed = _signals.signal(
    "post_review_passed", "The answer to `review` was to publish. Sender: the post."
)
post_note_left = _signals.signal("post_note_left", "Somebody left `note` on a post. Sender: the post.")
post_note_resolved = _signals.signal("post_note_resolved", "A `note` is dealt with. Sender: the post.")
post_note_reopened = _signals.signal("post_note_reopened", "A `note` is open again. Sender: the post.")
post_note_deleted = _signals.signal("post_note_deleted", "A note on a post was deleted. Sender: the post.")
post_corrected = _signals.signal(
    "post_corrected", "Readers are told what was wrong in a post, by `correction`. Sender: the post."
)
post_correction_deleted = _signals.signal(
    "post_correction_deleted", "A correction of a post was deleted. Sender: the post."
)
post_preview_link_created = _signals.signal(
    "post_preview_link_created", "A post can be seen by a link, for `label`. Sender: the post."
)
post_preview_link_revoked = _signals.signal(
    "post_preview_link_revoked", "The link for `label` shows nothing any more. Sender: the post."
)
post_preview_link_reinstated = _signals.signal(
    "post_preview_link_reinstated", "The revoked link for `label` works again. Sender: the post."
)
post_deleted = _signals.signal("post_deleted", "A post was deleted for good. Sender: the post.")
post_pinned = _signals.signal("post_pinned", "A post stays first on the home page. Sender: the post.")
post_unpinned = _signals.signal("post_unpinned", "A post is in its place by date again. Sender: the post.")

page_created = _signals.signal("page_created", "A page was saved for the first time. Sender: the page.")
page_revised = _signals.signal("page_revised", "A page's text or particulars changed. Sender: the page.")
page_held = _signals.signal(
    "page_held", "Changes of a page were saved that readers do not see yet. Sender: the page."
)
page_given_up = _signals.signal(
    "page_given_up", "The changes of a page that were held back are given up. Sender: the page."
)
page_published = _signals.signal("page_published", "A page is public from now on. Sender: the page.")
page_scheduled = _signals.signal("page_scheduled", "A page becomes public at `at`. Sender: the page.")
page_end_set = _signals.signal(
    "page_end_set", "Readers see a page until `until`, or without an end. Sender: the page."
)
page_unpublished = _signals.signal("page_unpublished", "A page is a draft again. Sender: the page.")
page_trashed = _signals.signal("page_trashed", "A page was moved to the trash. Sender: the page.")
page_recovered = _signals.signal("page_recovered", "A page came back from the trash. Sender: the page.")
page_review_requested = _signals.signal(
    "page_review_requested", "An editor is asked to look, by `review`. Sender: the page."
)
page_review_returned = _signals.signal(
    "page_review_returned", "An editor answered `review` with a note. Sender: the page."
)
page_review_withdrawn = _signals.signal(
    "page_review_withdrawn", "Nobody need look any more; `review` ended. Sender: the page."
)
page_review_passed = _signals.signal(
    "page_review_passed", "The answer to `review` was to publish. Sender: the page."
)
page_note_left = _signals.signal("page_note_left", "Somebody left `note` on a page. Sender: the page.")
page_note_resolved = _signals.signal("page_note_resolved", "A `note` is dealt with. Sender: the page.")
page_note_reopened = _signals.signal("page_note_reopened", "A `note` is open again. Sender: the page.")
page_note_deleted = _signals.signal("page_note_deleted", "A note on a page was deleted. Sender: the page.")
page_preview_link_created = _signals.signal(
    "page_preview_link_created", "A page can be seen by a link, for `label`. Sender: the page."
)
page_preview_link_revoked = _signals.signal(
    "page_preview_link_revoked", "The link for `label` shows nothing any more. Sender: the page."
)
page_preview_link_reinstated = _signals.signal(
    "page_preview_link_reinstated", "The revoked link for `label` works again. Sender: the page."
)
page_deleted = _signals.signal("page_deleted", "A page was deleted for good. Sender: the page.")

tag_created = _signals.signal(
    "tag_created", "A tag was made by hand, not by writing it at a post. Sender: the tag."
)
tag_changed = _signals.signal("tag_changed", "A tag's name, address or description changed. Sender: the tag.")
tag_merged = _signals.signal(
    "tag_merged", "All `posts` of a tag bear the tag named `into` instead. Sender: the tag that is gone."
)
tag_separated = _signals.signal("tag_separated", "A merge was taken back. Sender: the tag that stands again.")
tag_deleted = _signals.signal("tag_deleted", "A tag was deleted. Sender: the tag.")
series_created = _signals.signal("series_created", "A series was begun. Sender: the series.")
series_changed = _signals.signal(
    "series_changed", "A series' name, address or description changed. Sender: the series."
)
series_ordered = _signals.signal(
    "series_ordered", "The posts of a series changed places. Sender: the series."
)
series_deleted = _signals.signal(
    "series_deleted", "A series was deleted; its posts stay. Sender: the series."
)

link_ignored = _signals.signal(
    "link_ignored", "A link to another site is left alone, dead or not. Sender: the address."
)
link_heeded = _signals.signal("link_heeded", "An ignored link is looked at again. Sender: the address.")
redirect_created = _signals.signal(
    "redirect_created", "A path was made to lead to `to`, by hand. Sender: the alias."
)
redirect_deleted = _signals.signal(
    "redirect_deleted", "A path no longer leads to `to`, by hand. Sender: the alias."
)

upload_stored = _signals.signal("upload_stored", "A file was uploaded. Sender: the upload.")
upload_replaced = _signals.signal(
    "upload_replaced", "Another file took the place of `former_key`, under `key`. Sender: the upload."
)
upload_deleted = _signals.signal("upload_deleted", "A file was deleted. Sender: the upload.")

message_received = _signals.signal("message_received", "A visitor wrote to us. Sender: the message.")
message_judged = _signals.signal("message_judged", "A person said whether it is `spam`. Sender: the message.")
message_trashed = _signals.signal("message_trashed", "A message was moved to the trash. Sender: the message.")
message_recovered = _signals.signal(
    "message_recovered", "A message came back from the trash. Sender: the message."
)
message_deleted = _signals.signal("message_deleted", "A message was deleted for good. Sender: the message.")
reply_written = _signals.signal(
    "reply_written", "A reply to a message or a submission is to be mailed. Sender: the reply."
)
submission_received = _signals.signal(
    "submission_received", "A reader offers a piece. Sender: the submission."
)
submission_accepted = _signals.signal(
    "submission_accepted", "A submission became the draft `post`. Sender: the submission."
)
submission_declined = _signals.signal(
    "submission_declined", "A submission was declined. Sender: the submission."
)
submission_judged = _signals.signal(
    "submission_judged", "A person said whether it is `spam`. Sender: the submission."
)
submission_trashed = _signals.signal(
    "submission_trashed", "A submission was moved to the trash. Sender: the submission."
)
submission_recovered = _signals.signal(
    "submission_recovered", "A submission came back from the trash. Sender: the submission."
)
submission_deleted = _signals.signal(
    "submission_deleted", "A submission was deleted for good. Sender: the submission."
)

person_created = _signals.signal("person_created", "Somebody got an account or a byline. Sender: the user.")
account_opened = _signals.signal("account_opened", "A byline can sign in from now on. Sender: the user.")
person_changed = _signals.signal("person_changed", "A profile changed. Sender: the user.")
role_changed = _signals.signal("role_changed", "A role went from `old` to `new`. Sender: the user.")
person_suspended = _signals.signal("person_suspended", "An account was closed to sign-in. Sender: the user.")
person_reinstated = _signals.signal("person_reinstated", "A suspension ended. Sender: the user.")
password_changed = _signals.signal("password_changed", "A password was set anew. Sender: the user.")
email_change_requested = _signals.signal(
    "email_change_requested", "Somebody asked for the link `url` that makes `email` theirs. Sender: the user."
)
email_changed = _signals.signal(
    "email_changed",
    "An e-mail address took the place of `former`, by one's own wish until `undo_url` is followed, or, if it "
    "`is_undone_by_older`, the link that an address before that one has. Sender: the user.",
)
email_change_undone = _signals.signal(
    "email_change_undone", "The old e-mail address is back, at its own wish. Sender: the user."
)
authenticator_app_added = _signals.signal(
    "authenticator_app_added", "Codes of an app are asked for at sign-in from now on. Sender: the user."
)
authenticator_app_removed = _signals.signal(
    "authenticator_app_removed", "An authenticator app counts no longer. Sender: the user."
)
passkey_added = _signals.signal("passkey_added", "A `passkey` opens the account. Sender: the user.")
passkey_removed = _signals.signal("passkey_removed", "A `passkey` opens nothing any more. Sender: the user.")
recovery_codes_made = _signals.signal(
    "recovery_codes_made", "Recovery codes took the place of any others, or `is_first`. Sender: the user."
)
recovery_code_used = _signals.signal(
    "recovery_code_used", "A recovery code opened the account; `left` are left. Sender: the user."
)
second_factors_removed = _signals.signal(
    "second_factors_removed", "All second factors were taken off an account. Sender: the user."
)
token_created = _signals.signal(
    "token_created", "A program can come in by a `token` of these `scopes`. Sender: the user."
)
token_revoked = _signals.signal("token_revoked", "A `token` opens nothing any more. Sender: the user.")
token_reinstated = _signals.signal("token_reinstated", "A revoked `token` works again. Sender: the user.")
password_forgotten = _signals.signal(
    "password_forgotten", "Somebody asked for the reset link `url`. Sender: the user."
)
signed_in = _signals.signal(
    "signed_in",
    "Somebody signed in `by` password, app, recovery code or passkey, perhaps from a `new_place`. "
    "Sender: the user.",
)
sign_in_failed = _signals.signal("sign_in_failed", "A sign-in was refused. Sender: the user.")
second_factor_failed = _signals.signal(
    "second_factor_failed",
    "The password was right, and a code was not; `is_last` for now, too many were tried. Sender: the user.",
)
signed_out = _signals.signal("signed_out", "A session ended by hand. Sender: the user.")
invitation_created = _signals.signal(
    "invitation_created", "Somebody was invited by the link `url`. Sender: the invitation."
)
invitation_withdrawn = _signals.signal("invitation_withdrawn", "An invitation ends. Sender: the invitation.")

settings_changed = _signals.signal(
    "settings_changed", "The site's settings in `names` changed. Sender: the site."
)
backup_failed = _signals.signal(
    "backup_failed",
    "The daily backup could not be made, again and again, or `was_made` and could not be sent; the `problem` "
    "says why. Sender: where it was to go.",
)
import_finished = _signals.signal(
    "import_finished", "An import ended with `counts`. Sender: its source's name."
)


def every() -> dict[str, str]:
    """The name of each signal and its meaning, in the order of this page."""
    return {name: str(signal.__doc__) for name, signal in _signals.items()}
