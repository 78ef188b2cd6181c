"""Switching a webhook on and off."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.blueprints.desk.webhooks import locked_or_404
from broadsheet.extensions import db

blueprint = Blueprint("webhook_activations", __name__, url_prefix="/webhooks/<int:id>/activation")


@blueprint.post("")
def create(id: int) -> ResponseReturnValue:
    locked_or_404(id).switch_on()
    db.session.commit()
    flash(_("It is switched on, and told what happens from now on."), "success")
    return redirect(url_for("desk.webhooks.show", id=id), 303)


@blueprint.post("/delete")
def destroy(id: int) -> ResponseReturnValue:
    locked_or_404(id).switch_off()
    db.session.commit()
    flash(_("It is switched off. What still waited is given up."), "success")
    return redirect(url_for("desk.webhooks.show", id=id), 303)
