"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from broadsheet import signals
from broadsheet.blueprints.account.entering import enter, said_in_json
from broadsheet.extensions import db, limiter
from broadsheet.models import User
from broadsheet.models.event import happened
from broadsheet.web import attempts, errors, limits, passkeys, second_factors, second_step
from broadsheet.web.fields import line

AN_HOUR = 3600  # seconds

# By what is tried.
LIMITS = {"app": attempts.CODES, "recovery code": attempts.RECOVERY_CODES}


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
def prove() -> ResponseReturnValue:
    form = CodeForm()
    person = second_step.who()
    if person is None:
        return begin_again(form)
    if not form.validate_on_submit():
        return page(person, form, 422 if form.errors else 200)
    if wait := wait_for(person, form.way):
        tell_once(person)
        return too_many(person, form, wait)
    if not is_right(person, form):
        count_wrong(person, form.way)
        happened(signals.second_factor_failed, person, is_last=False)
        db.session.commit()
        say_wrong(form)
        return page(person, form, 422)
    limits.forget(LIMITS[form.way], *attempts.key_of_code(person, form.way))
    return enter(person, second_step.onward(), by=form.way)


def begin_again(form: CodeForm) -> ResponseReturnValue:
    if not errors.wants_json():
        return redirect(url_for("account.login"), 303)
    form.form_errors.append(_("Too much time has passed since the password. Give it once more."))
    return said_in_json(form, 401)


def wait_for(person: User, way: str) -> int:
    """The seconds until a next try; one is counted at once, for others may come at the same moment."""
    wait = limits.count(LIMITS[way], *attempts.key_of_code(person, way))
    if way == "app":
        counted = attempts.keys_of_wrong_codes(person)
        wait = max(wait, *(limits.wait_for(limit, *key) for limit, key in counted))
    return wait


def count_wrong(person: User, way: str) -> None:
    if way == "app":  # nobody guesses one of the others
        for limit, key in attempts.keys_of_wrong_codes(person):
            limits.count(limit, *key)


def is_right(person: User, form: CodeForm) -> bool:
    if form.way == "app":
        return second_factors.take_code(person, form.code.data)
    return person.use_recovery_code(form.recovery_code.data)


def say_wrong(form: CodeForm) -> None:
    field, reason = form.recovery_code, _("This is none of your unused recovery codes.")
    if form.way == "app":
        field = form.code
        reason = _("This code is not right, or was used before. The app shows a new one every half minute.")
    if errors.wants_json():  # a script shows what concerns the form as a whole
        form.form_errors.append(reason)
        return
    field.errors = [reason]
    field.data = ""  # it is of no use any more


def tell_once(person: User) -> None:
    """Whoever tries so many has the password, or is the owner: who shall know of it, once a day."""
    if not limits.count(attempts.WARNINGS, *attempts.key_of_warning(person)):
        happened(signals.second_factor_failed, person, is_last=True)
        db.session.commit()


def page(person: User, form: CodeForm, status: int) -> ResponseReturnValue:
    if errors.wants_json():
        return said_in_json(form, status)
    shown = render_template(
        "account/second_step.html",
        form=form,
        person=person,
        factors=person.factors,
        why_not=passkeys.why_not_here(),
    )
    return shown, status


def too_many(person: User, form: CodeForm, wait: int) -> Response:
    form.form_errors.append(words_of(wait))
    response = make_response(page(person, form, 429))
    response.headers["Retry-After"] = str(wait)
    return response


def words_of(wait: int) -> str:
    if wait > AN_HOUR:
        return ngettext(
            "Too many wrong codes. Take a passkey or a recovery code, or set a new password by mail. A code "
            "is taken again in an hour.",
            "Too many wrong codes. Take a passkey or a recovery code, or set a new password by mail. A code "
            "is taken again in %(num)d hours.",
            -(-wait // AN_HOUR),
        )
    return ngettext(
        "Too many attempts. Try again in a minute.",
        "Too many attempts. Try again in %(num)d minutes.",
        -(-wait // 60),
    )
