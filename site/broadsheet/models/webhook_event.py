"""What a webhook may be told: the types of events, what stands in each, and what never leaves the site."""

from collections.abc import Iterable

from broadsheet import signals

ALL = "*"  # in the place of a list of types: all of them, later ones too
TEST = "webhook.test"  # sent by hand, and never subscribed to

# Ways into an account, who came in by them, where a draft can be seen, the site's own housekeeping, and
# webhooks themselves. A new signal is either offered or named here; a test finds one that is neither.
PRIVATE = frozenset(
    {
        *("signed_in", "signed_out", "sign_in_failed", "second_factor_failed", "password_forgotten"),
        *("password_changed", "email_change_requested", "email_changed", "email_change_undone"),
        *("authenticator_app_added", "authenticator_app_removed", "passkey_added", "passkey_removed"),
        *("recovery_codes_made", "recovery_code_used", "second_factors_removed"),
        *("invitation_created", "invitation_withdrawn", "link_ignored", "link_heeded"),
        *(f"{kind}_preview_link_{verb}" for kind in ("post", "page") for verb in ("created", "revoked")),
        *("post_preview_link_reinstated", "page_preview_link_reinstated"),
        *("token_created", "token_revoked", "token_reinstated", "plugin_suspended", "plugin_reinstated"),
        *("webhook_created", "webhook_changed", "webhook_secret_changed", "webhook_deleted"),
        *("webhook_switched_on", "webhook_switched_off"),
    }
)

# What an event tells beside its subject, as the audit log has it. Of all others: nothing.
DETAILS: dict[str, tuple[str, ...]] = {
    "post.scheduled": ("at",),
    "page.scheduled": ("at",),
    "post.end_set": ("until",),
    "page.end_set": ("until",),
    "tag.merged": ("into", "into_id"),
    "tag.separated": ("from_",),
    "redirect.created": ("to",),
    "redirect.deleted": ("to",),
    "message.judged": ("spam",),
    "submission.judged": ("spam",),
    "person.created": ("role",),
    "account.opened": ("role",),
    "role.changed": ("old", "new"),
    "settings.changed": ("names",),
    "backup.failed": ("was_made",),
    "import.finished": ("counts",),
}

# Kinds of subjects whose title is told. What a visitor wrote, and where the files of the server lie, is not.
TITLED = frozenset({"post", "page", "tag", "series", "upload", "user", "alias", "site"})


def type_of(signal: str) -> str:
    """`post_review_requested` is told as `post.review_requested`."""
    return signal.replace("_", ".", 1)


# Each type with the name of its signal, in the order of signals.py.
TYPES: dict[str, str] = {type_of(name): name for name in signals.every() if name not in PRIVATE}


def actions(wanted: Iterable[str]) -> list[str]:
    """The signals behind these types, as the audit log names them."""
    chosen = set(map(str, wanted))
    return [name for type_, name in TYPES.items() if ALL in chosen or type_ in chosen]
