"""One's own passkeys: adding and removing them, signing in with one alone or after the password."""

from flask import Response, flash, g, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user

from broadsheet import signals
from broadsheet.blueprints.account.entering import enter, wanted_page
from broadsheet.blueprints.account.second_factors import PasskeyForm, removed, set_up
from broadsheet.extensions import db, limiter
from broadsheet.models import Passkey, User, Visitor
from broadsheet.models.event import happened
from broadsheet.web import attempts, errors, passkeys, second_step, sessions

NOT_ADDED = _("The passkey was not added: too much time had passed, or it is here already. Try once more.")
NOT_KNOWN = _("This passkey opens nothing here, or too much time had passed. Try once more, or by password.")


# -- one's own


def options_to_add() -> Response:
    return answered(passkeys.options_to_add(current_user))


def add() -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    form = PasskeyForm()
    had_one = bool(person.factors)
    if not form.validate():
        flash(_("Give the passkey a name of up to 60 characters."), "error")
        return redirect(url_for("account.second_factors"), 303)
    try:
        passkey = passkeys.added(person, form.name.data, credential())
    except passkeys.Refused:
        db.session.commit()  # a challenge that was answered is used up
        flash(NOT_ADDED, "error")
        return redirect(url_for("account.second_factors"), 303)
    person.add_passkey(passkey, within=g.user_session)
    return set_up(person, had_one)


def remove(id: int) -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    passkey = db.one_or_404(Passkey.of(person).where(Passkey.id == id))
    name = passkey.name
    person.remove_passkey(passkey, within=g.user_session)
    # A lazy text counts as HTML, so none may hold a name.
    return removed(gettext("“%(name)s” opens nothing any more. Other browsers were signed out.", name=name))


# -- signing in


@limiter.limit(attempts.FROM_AN_ADDRESS)
def options() -> Response:
    person = second_step.who() if is_second_step() else None
    return answered(passkeys.options_to_use(person, alone=person is None))


@limiter.limit(attempts.FROM_AN_ADDRESS)
def sign_in() -> ResponseReturnValue:
    person = second_step.who() if is_second_step() else None
    if person is None and is_second_step():
        return redirect(url_for("account.login"), 303)
    onward = second_step.onward() if person else wanted_page()
    try:
        user = passkeys.used(credential(), person, alone=person is None).user
    except passkeys.Refused:
        if person:
            happened(signals.second_factor_failed, person, is_last=False)
        else:
            happened(signals.sign_in_failed, Visitor())
        db.session.commit()
        if errors.wants_json():
            return jsonify(errors={"form": [NOT_KNOWN]}), 422
        flash(NOT_KNOWN, "error")
        back = url_for("account.second_step") if person else url_for("account.login", next=onward or None)
        return redirect(back, 303)
    return enter(user, onward, by="passkey")


def is_second_step() -> bool:
    return request.args.get("step") == "second"


# -- who it is, once more


def options_to_confirm() -> Response:
    return answered(passkeys.options_to_use(current_user, alone=True))


def confirm() -> ResponseReturnValue:
    onward = wanted_page(url_for("account.second_factors"))
    try:
        passkeys.used(credential(), current_user, alone=True)
    except passkeys.Refused:
        db.session.commit()
        flash(NOT_KNOWN, "error")
        return redirect(url_for("account.confirmation", next=onward), 303)
    sessions.confirm()
    db.session.commit()
    return redirect(onward, 303)


# -- what they share


def credential() -> str:
    return request.form.get("credential", "")


def answered(options: str) -> Response:
    db.session.commit()
    response = make_response(options)
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response
