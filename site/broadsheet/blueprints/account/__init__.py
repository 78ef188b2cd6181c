"""Accounts: the first admin's set-up, signing in and out, passwords, invitations, one's own profile."""

from flask import Blueprint, Response, request

from broadsheet.blueprints.account import (
    confirmation,
    email,
    invitation,
    passkeys,
    password,
    profile,
    second_factors,
    second_step,
    sessions,
    setup,
    tokens,
)

blueprint = Blueprint("account", __name__)

READ, SEND = ["GET"], ["POST"]
BOTH = READ + SEND

for rule, endpoint, view, methods in (
    ("/setup/<token>", "setup", setup.setup, BOTH),
    ("/login", "login", sessions.login, BOTH),
    ("/logout", "logout", sessions.logout, BOTH),
    ("/invitation/<token>", "invitation", invitation.invitation, BOTH),
    ("/password/forgot", "forgot", password.forgot, BOTH),
    ("/password/reset/<token>", "reset", password.reset, BOTH),
    ("/account", "profile", profile.profile, BOTH),
    ("/account/password", "password", password.password, BOTH),
    ("/account/email", "email", email.email, BOTH),
    ("/account/email/delete", "withdraw_email", email.withdraw, SEND),
    ("/account/email/<token>", "confirm_email", email.confirm, BOTH),
    ("/account/email/undo/<token>", "undo_email", email.undo, BOTH),
    ("/login/second-step", "second_step", second_step.prove, BOTH),
    ("/account/confirmation", "confirmation", confirmation.confirmation, BOTH),
    ("/account/second-factors", "second_factors", second_factors.show, READ),
    ("/account/authenticator-app", "authenticator_app", second_factors.authenticator_app, BOTH),
    ("/account/authenticator-app/new", "offer_app", second_factors.offer_app, SEND),
    ("/account/authenticator-app/delete", "remove_app", second_factors.remove_app, SEND),
    ("/account/recovery-codes", "make_recovery_codes", second_factors.make_recovery_codes, SEND),
    ("/account/passkeys", "add_passkey", passkeys.add, SEND),
    ("/account/passkeys/options", "options_to_add_passkey", passkeys.options_to_add, SEND),
    ("/account/passkeys/<int:id>/delete", "remove_passkey", passkeys.remove, SEND),
    ("/account/confirmation/passkey", "confirm_by_passkey", passkeys.confirm, SEND),
    ("/account/confirmation/passkey/options", "options_to_confirm", passkeys.options_to_confirm, SEND),
    ("/login/passkey", "passkey", passkeys.sign_in, SEND),
    ("/login/passkey/options", "passkey_options", passkeys.options, SEND),
    ("/login/session", "session", sessions.session, READ),
    ("/account/tokens", "tokens", tokens.tokens, BOTH),
    ("/account/tokens/<int:id>/revocation", "revoke_token", tokens.revoke, SEND),
    ("/account/tokens/<int:id>/revocation/delete", "reinstate_token", tokens.reinstate, SEND),
    ("/account/sessions", "sessions", sessions.sessions, READ),
    ("/account/sessions/<int:id>/delete", "revoke", sessions.revoke, SEND),
    ("/account/sessions/delete", "revoke_others", sessions.revoke_others, SEND),
):
    blueprint.add_url_rule(rule, endpoint, view, methods=methods)


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """No search engine lists these pages, and what a link with a token shows is kept nowhere."""
    response.headers["X-Robots-Tag"] = "noindex"
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
    return response
