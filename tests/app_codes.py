"""An authenticator app in software, and the two steps of signing in with it."""

import re

import pyotp

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import AuthenticatorApp, Event
from broadsheet.web import second_factors
from stage import PASSWORD

STEP = "/login/second-step"
CODES = re.compile(r"<li><code>([0-9a-z-]{29})</code>")


def code_of(app):
    return pyotp.TOTP(second_factors.secret_of(app)).at(clock.now())


def set_up(client, person):
    """Sets an app up as a person does; it, and the recovery codes that were shown."""
    assert client.submit("/account/authenticator-app/new").location == "/account/authenticator-app"
    app = db.session.scalars(AuthenticatorApp.offered_to(person)).one()
    page = client.submit("/account/authenticator-app", {"code": code_of(app)})
    assert page.status_code == 200, page.text
    return app, CODES.findall(page.text)


def password_step(client, username="ann", **kwargs):
    return client.submit("/login", {"username": username, "password": PASSWORD}, **kwargs)


def actions(person):
    return db.session.scalars(
        db.select(Event.action).where(Event.subject_id == person.id).order_by(Event.id)
    ).all()
