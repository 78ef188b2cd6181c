"""One's own second factors: the page of them all, the authenticator app and the recovery codes."""

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from broadsheet.extensions import db
from broadsheet.lib import one_time_codes
from broadsheet.lib.browsers import browser_of
from broadsheet.models import AuthenticatorApp, Passkey, User
from broadsheet.web import attempts, known_browsers, limits, second_factors
from broadsheet.web.current_site import site
from broadsheet.web.fields import Required, line
from broadsheet.web.passkeys import why_not_here


class FirstCodeForm(FlaskForm):
    code = StringField(
        _("Code"),
        [Required(), Length(max=20)],
        filters=[line],
        description=_("The six digits that the app shows now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class PasskeyForm(FlaskForm):
    name = StringField(
        _("Name of the passkey"),
        [Required(), Length(max=60)],
        filters=[line],
        description=_("By which you know it later: the device, or the program that keeps it."),
        render_kw={"autocomplete": "off"},
    )


def show() -> str:
    person: User = current_user._get_current_object()
    return render_template(
        "account/second_factors.html",
        app=db.session.scalar(AuthenticatorApp.of(person)),
        factors=person.factors,
        codes_left=person.recovery_codes_left,
        passkeys=db.session.scalars(Passkey.of(person)).all(),
        form=PasskeyForm(name=browser_name()),
        why_not=why_not_here(),
        is_required=site.demands_second_factor_of(person.role),
    )


def browser_name() -> str:
    return " · ".join(filter(None, browser_of(request.user_agent.string)))


def offer_app() -> ResponseReturnValue:
    second_factors.offer_app(current_user)
    db.session.commit()
    return redirect(url_for("account.authenticator_app"), 303)


def authenticator_app() -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    app = db.session.scalar(AuthenticatorApp.offered_to(person))
    secret = second_factors.secret_of(app) if app else None
    if app is None or secret is None:
        return redirect(url_for("account.second_factors"), 303)
    form = FirstCodeForm()
    if not form.validate_on_submit():
        return offer_page(person, form, secret), 422 if form.errors else 200
    if limits.count(attempts.FIRST_CODES, *attempts.key_of_first_code(person)):
        form.form_errors.append(_("Too many attempts. Try again in an hour."))
        return offer_page(person, form, secret), 429
    had_one = bool(person.factors)
    if not second_factors.confirm_app(person, app, form.code.data, within=g.user_session):
        form.form_errors.append(
            _(
                "This is not the code. The app shows a new one every half minute; the clock of your device "
                "must be right."
            )
        )
        return offer_page(person, form, secret), 422
    known_browsers.remember_app(person)
    return set_up(person, had_one)


def offer_page(person: User, form: FirstCodeForm, secret: str) -> str:
    address = one_time_codes.address(secret, account=person.email or person.username, issuer=site.title)
    return render_template(
        "account/authenticator_app.html",
        form=form,
        qr_code=one_time_codes.drawn(address),
        address=address,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )


def remove_app() -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    person.remove_app(within=g.user_session)
    return removed(_("Your authenticator app counts no longer. Other browsers were signed out."))


def make_recovery_codes() -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    if not person.factors:
        return redirect(url_for("account.second_factors"), 303)
    return show_codes(person)


# -- what the app and passkeys share


def set_up(person: User, had_one: bool) -> ResponseReturnValue:
    """After one was added. With the first come recovery codes."""
    if had_one:
        db.session.commit()
        flash(_("It is set up, and asked for from the next sign-in on."), "success")
        return redirect(url_for("account.second_factors"), 303)
    return show_codes(person, is_first=True)


def show_codes(person: User, *, is_first: bool = False) -> Response:
    """Now and never again: only their digests are stored."""
    codes = person.make_recovery_codes(is_first=is_first)
    db.session.commit()
    page = render_template("account/recovery_codes.html", codes=codes, is_first=is_first)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def removed(words: str) -> ResponseReturnValue:
    db.session.commit()
    flash(words, "success")
    return redirect(url_for("account.second_factors"), 303)
