"""Passkeys (WebAuthn, level 2): what a browser is asked, and what its answer is worth.

The challenge lies in the session's signed cookie, so that only the browser that was asked can answer, and as
a row, so that it answers once: docs/decisions/0049.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, request, session

from broadsheet.extensions import db
from broadsheet.lib.lazy import lazily
from broadsheet.models import Passkey, PasskeyChallenge, User
from broadsheet.web.addresses import host_name
from broadsheet.web.current_site import site

if TYPE_CHECKING:
    import webauthn
    from webauthn import helpers
    from webauthn.helpers import structs
else:
    webauthn = lazily("webauthn")
    helpers = lazily("webauthn.helpers")
    structs = lazily("webauthn.helpers.structs")

log = logging.getLogger(__name__)

KEY, HANDLE = "passkey_challenge", "passkey_handle"
LONGEST_ANSWER = 20_000
TIMEOUT = 120_000  # milliseconds in which somebody finds the key


class Refused(Exception):
    """The answer is worth nothing: forged, too late, used before, or of a key that we do not know."""


# -- where they work


def why_not_here() -> str:
    """Why no browser offers passkeys at this address: "http", "address" (a bare number), or "" if they do."""
    host = host_name()
    if _is_number(host):
        return "address"
    is_this_machine = host == "localhost" or host.endswith(".localhost")
    return "" if request.is_secure or is_this_machine else "http"


def rp_id() -> str:
    """The host that keys belong to. Those of the site's address also work at hosts below it."""
    own = urlsplit(current_app.config["BROADSHEET"].site_url or "").hostname or ""
    host = host_name()
    return own if own and host.endswith(f".{own}") else host


def _is_number(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


# -- adding one


def options_to_add(user: User) -> str:
    """What the browser is to make, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=rp_id(),
        rp_name=site.title,
        user_id=webauthn.base64url_to_bytes(_handle_of(user)),
        user_name=user.username,
        user_display_name=user.name,
        challenge=_new_challenge(),
        timeout=TIMEOUT,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_known(user),
    )
    return str(webauthn.options_to_json(options))


def added(user: User, name: str, answer: str) -> Passkey:
    """The key that the browser made. Raises Refused."""
    with _refusing():
        credential = helpers.parse_registration_credential_json(_bounded(answer))
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=_used_up_challenge(),
            expected_rp_id=rp_id(),
            expected_origin=_origin(),
        )
        handle = session.pop(HANDLE)
        transports = [transport.value for transport in credential.response.transports or []]
    id = helpers.bytes_to_base64url(verified.credential_id)
    if db.session.scalar(Passkey.with_credential(id)):
        raise Refused
    return Passkey(
        name=name,
        credential_id=id,
        public_key=helpers.bytes_to_base64url(verified.credential_public_key),
        handle=handle,
        host=rp_id(),
        transports=transports,
        sign_count=verified.sign_count,
    )


def _handle_of(user: User) -> str:
    """A first key's is kept until the key is there: it is in the key by then."""
    handle = session[HANDLE] = Passkey.handle_of(user)
    return handle


# -- using one


def options_to_use(user: User | None, *, alone: bool) -> str:
    """What the browser is to sign, as JSON: with a key of the person, or of nobody in particular.

    A key that is used `alone`, without a password, must have seen its owner's finger, face or PIN.
    """
    needed = structs.UserVerificationRequirement
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(),
        challenge=_new_challenge(),
        timeout=TIMEOUT,
        allow_credentials=_known(user) if user else None,
        user_verification=needed.REQUIRED if alone else needed.PREFERRED,
    )
    return str(webauthn.options_to_json(options))


def used(answer: str, user: User | None, *, alone: bool) -> Passkey:
    """The key that signed; with `user` one of theirs. Raises Refused."""
    with _refusing():
        credential = helpers.parse_authentication_credential_json(_bounded(answer))
        challenge = _used_up_challenge()
        passkey = db.session.scalar(Passkey.with_credential(helpers.bytes_to_base64url(credential.raw_id)))
        if passkey is None or not passkey.user.is_active or (user and passkey.user_id != user.id):
            raise Refused
        handle = credential.response.user_handle
        if handle and helpers.bytes_to_base64url(handle) != passkey.handle:
            raise Refused
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp_id(),
            expected_origin=_origin(),
            credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=alone,
        )
    passkey.used(verified.new_sign_count)
    return passkey


# -- what both need


def _known(user: User) -> list[Any]:
    return [
        structs.PublicKeyCredentialDescriptor(
            id=webauthn.base64url_to_bytes(key.credential_id),
            transports=[structs.AuthenticatorTransport(name) for name in key.transports],
        )
        for key in db.session.scalars(Passkey.of(user))
    ]


def _new_challenge() -> bytes:
    challenge = session[KEY] = PasskeyChallenge.make()
    return bytes(webauthn.base64url_to_bytes(challenge))


def _used_up_challenge() -> bytes:
    challenge = session.pop(KEY, "")
    if not PasskeyChallenge.use_up(challenge):
        raise Refused
    return bytes(webauthn.base64url_to_bytes(challenge))


def _origin() -> str:
    return f"{request.scheme}://{request.host}"


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise Refused
    return answer


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever is wrong with an answer that somebody sent, it is refused, and no page breaks."""
    try:
        yield
    except (helpers.exceptions.WebAuthnException, ValueError, TypeError, KeyError, RecursionError) as error:
        log.info("a passkey was refused: %r", str(error))  # it may quote what somebody sent
        raise Refused from error
