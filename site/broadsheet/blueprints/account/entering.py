"""Coming in and going on: what the ways of signing in share. The editor's page stays, and is told in JSON."""

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from broadsheet.extensions import db
from broadsheet.lib.links import is_path
from broadsheet.models import User
from broadsheet.web import errors, known_browsers, sessions


def wanted_page(otherwise: str = "") -> str:
    """Where the address says to go afterwards, if that is a page of ours."""
    wanted = request.args.get("next", "")
    return wanted if is_path(wanted) else otherwise


def enter(user: User, onward: str, *, by: str = "password") -> ResponseReturnValue:
    sessions.sign_in(user, by=by, new_place=known_browsers.is_new_to(user))
    db.session.commit()
    if errors.wants_json():
        return jsonify(user=user.id)
    return redirect(onward or url_for(sessions.landing(user)), 303)


def said_in_json(form: FlaskForm, status: int = 422) -> ResponseReturnValue:
    return jsonify(errors={name or "form": reasons for name, reasons in form.errors.items()}), status
