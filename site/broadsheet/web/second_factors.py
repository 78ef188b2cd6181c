"""The codes of authenticator apps: their secrets lie encrypted in the database, by the secret key."""

from broadsheet.extensions import db
from broadsheet.lib import clock, one_time_codes
from broadsheet.models import AuthenticatorApp, User, UserSession
from broadsheet.sealing import seal, unseal

PURPOSE = "authenticator app"


def offer_app(user: User) -> None:
    AuthenticatorApp.offer(user, seal(PURPOSE, one_time_codes.new_secret()))


def secret_of(app: AuthenticatorApp) -> str | None:
    """None if it was encrypted with a secret key that the site has no more: the app has to be set up anew."""
    return unseal(PURPOSE, app.sealed_secret)


def confirm_app(user: User, app: AuthenticatorApp, typed: str, *, within: UserSession | None = None) -> bool:
    """Whether it is a code of the offered app, which counts from now on."""
    step = _step(app, typed)
    return step is not None and user.confirm_app(app, step, within=within)


def take_code(user: User, typed: str) -> bool:
    """Whether it is a code of the person's app that was not used yet."""
    app = db.session.scalar(AuthenticatorApp.of(user))
    step = _step(app, typed) if app else None
    return app is not None and step is not None and app.take(step)


def _step(app: AuthenticatorApp, typed: str) -> int | None:
    secret = secret_of(app)
    return one_time_codes.step_of(typed, secret, clock.now()) if secret else None
