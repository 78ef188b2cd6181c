"""Signing in and out, and the list of browsers in which one is signed in."""

from flask import Response, flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import MethodNotAllowed, TooManyRequests
from wtforms import StringField
from wtforms.validators import Length

from broadsheet import signals
from broadsheet.blueprints.account.entering import enter, said_in_json, wanted_page
from broadsheet.blueprints.account.tokens import still_there
from broadsheet.database import reading
from broadsheet.extensions import db, limiter
from broadsheet.forms import account as fields
from broadsheet.lib import passwords
from broadsheet.lib.browsers import browser_of
from broadsheet.models import User, UserSession, Visitor
from broadsheet.models.event import happened
from broadsheet.web import attempts, errors, limits, second_step
from broadsheet.web import sessions as web_sessions
from broadsheet.web.fields import Required, line


class LoginForm(FlaskForm):
    username = StringField(
        _("Username or e-mail address"),
        [Required(), Length(max=254)],
        filters=[line],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = fields.current_password(_("Password"))


@limiter.limit(attempts.FROM_AN_ADDRESS, methods=["POST"])
def login() -> ResponseReturnValue:
    onward = wanted_page()
    if current_user.is_authenticated:
        return redirect(onward or url_for(web_sessions.landing(current_user)), 303)
    form = LoginForm()
    if not form.validate_on_submit():
        return not_signed_in(form, onward)
    named = known(form.username.data)
    key = attempts.key_of_password(form.username.data, named)
    if wait := limits.count(attempts.PASSWORDS, *key):
        return too_many(form, onward, wait)
    user = let_in(named, form.password.data)
    if user is None:
        happened(signals.sign_in_failed, named or Visitor())
        db.session.commit()
        form.form_errors.append(_("The name or the password is not right."))
        return not_signed_in(form, onward)
    limits.forget(attempts.PASSWORDS, *key)
    if user.factors:
        return ask_for_more(user, onward)
    return enter(user, onward)


def ask_for_more(user: User, onward: str) -> ResponseReturnValue:
    """The password was right, and opens nothing yet."""
    second_step.begin(user, onward)
    db.session.commit()  # the password may have been hashed anew
    if errors.wants_json():
        return jsonify(user=None, second_step=second_step.ways(user))
    return redirect(url_for("account.second_step"), 303)


def not_signed_in(form: LoginForm, onward: str) -> ResponseReturnValue:
    if errors.wants_json():
        return said_in_json(form)
    return render_template("account/login.html", form=form, onward=onward), 422 if form.errors else 200


def session() -> Response:
    """For the editor, where one signs in without leaving the page: who is signed in here, and a token for the
    next form."""
    response = jsonify(
        user=current_user.id if current_user.is_authenticated else None, csrf_token=generate_csrf()
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def logout() -> ResponseReturnValue:
    if request.method != "POST":  # said here, because the address of a page (/<slug>) would fit as well
        raise MethodNotAllowed(["POST"])
    return leave()


def leave() -> ResponseReturnValue:
    if current_user.is_authenticated:
        web_sessions.sign_out(current_user._get_current_object())  # of the proxy a visitor is left
        db.session.commit()
        flash(_("You are signed out."))
    return redirect(url_for("home.index"), 303)


def sessions() -> str:
    rows = db.session.scalars(UserSession.of(current_user)).all()
    return render_template(
        "account/sessions.html",
        sessions=rows,
        current=g.user_session,
        browser_of=browser_of,
        tokens=still_there(current_user),
    )


def revoke(id: int) -> ResponseReturnValue:
    session = db.one_or_404(UserSession.of(current_user).where(UserSession.id == id))
    if session.id == g.user_session.id:
        return leave()
    db.session.delete(session)
    db.session.commit()
    flash(_("That browser is signed out."))
    return redirect(url_for("account.sessions"), 303)


def revoke_others() -> ResponseReturnValue:
    ended = current_user.end_sessions(but=g.user_session)
    db.session.commit()
    flash(ngettext("One other browser is signed out.", "%(num)d other browsers are signed out.", ended))
    return redirect(url_for("account.sessions"), 303)


def known(name: str) -> User | None:
    with reading():
        user = db.session.scalar(User.known_as(name))
        db.session.commit()  # a password takes long to check; nobody shall wait for a lock meanwhile
    return user


def let_in(user: User | None, password: str) -> User | None:
    """The user, if it is the password. Takes as long if nobody has the name, and for a suspended account."""
    right = user.check_password(password) if user else passwords.matches(password, None)
    return user if user is not None and right and user.is_active else None


def too_many(form: LoginForm, onward: str, wait: int) -> Response:
    minutes = -(-wait // 60)
    words = ngettext(
        "Too many attempts. Try again in a minute, or set a new password by mail.",
        "Too many attempts. Try again in %(num)d minutes, or set a new password by mail.",
        minutes,
    )
    form.form_errors.append(words)
    if errors.wants_json():
        return make_response(errors.show(TooManyRequests(retry_after=wait)))
    response = make_response(render_template("account/login.html", form=form, onward=onward), 429)
    response.headers["Retry-After"] = str(wait)
    return response
