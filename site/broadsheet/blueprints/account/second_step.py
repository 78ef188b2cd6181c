"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from broadsheet import signals
from broadsheet.extensions import db, limiter
from broadsheet.models import User
from broadsheet.models.event import happened
from broadsheet.web import attempts, known_browsers, limits, passkeys, second_factors, second_step, sessions
from broadsheet.web.fields import line


class CodeForm(FlaskForm):
    code = StringField(
        _("Code"),
        [Length(max=20)],
        filters=[line],
        description=_("The six digits that your authenticator app shows for this site now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )
    recovery_code = StringField(
        _("Recovery code"),
        [Length(max=60)],
        filters=[line],
        description=_("One of those that you kept for the day when the app is not at hand. Each works once."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )

    def __init__(self) -> None:
        super().__init__()
        # Each has a form of its own in the page.
        self.code.flags.required = self.recovery_code.flags.required = True

    @property
    def way(self) -> str:
        return "recovery code" if self.recovery_code.data else "app"


@limiter.limit(attempts.FROM_AN_ADDRESS, methods=["POST"])
def code() -> ResponseReturnValue:
    person = second_step.who()
    if person is None:
        return redirect(url_for("account.login"), 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return page(person, form), 422 if form.errors else 200
    way, key = form.way, attempts.key_of_code(person, form.way)
    if wait := max(limits.count(limit, *key) for limit in limits_of(way)):
        tell_once(person)
        return too_many(person, form, wait)
    if not is_right(person, form):
        happened(signals.second_factor_failed, person, is_last=False)
        db.session.commit()
        form.form_errors.append(
            _("This code is not right, or was used before. The app shows a new one every half minute.")
            if way == "app"
            else _("This is none of your unused recovery codes.")
        )
        return page(person, form), 422
    for limit in limits_of(way):
        limits.forget(limit, *key)
    return enter(person, way)


def enter(person: User, by: str) -> ResponseReturnValue:
    onward = second_step.onward()
    sessions.sign_in(person, by=by, new_place=known_browsers.is_new_to(person))
    db.session.commit()
    return redirect(onward or url_for(sessions.landing(person)), 303)


def is_right(person: User, form: CodeForm) -> bool:
    if form.way == "app":
        return second_factors.take_code(person, form.code.data)
    return person.use_recovery_code(form.recovery_code.data)


def tell_once(person: User) -> None:
    """Whoever tries so many has the password, or is the owner: who shall know of it, once a day."""
    if not limits.count(attempts.WARNINGS, *attempts.key_of_warning(person)):
        happened(signals.second_factor_failed, person, is_last=True)
        db.session.commit()


def limits_of(way: str) -> tuple[str, ...]:
    return attempts.CODES if way == "app" else attempts.RECOVERY_CODES


def page(person: User, form: CodeForm) -> str:
    return render_template(
        "account/code.html",
        form=form,
        person=person,
        factors=person.factors,
        why_not=passkeys.why_not_here(),
    )


def too_many(person: User, form: CodeForm, wait: int) -> Response:
    form.form_errors.append(
        ngettext(
            "Too many attempts. Try again in a minute.",
            "Too many attempts. Try again in %(num)d minutes.",
            -(-wait // 60),
        )
    )
    response = make_response(page(person, form), 429)
    response.headers["Retry-After"] = str(wait)
    return response
