"""The secret with which a webhook's messages are signed."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.blueprints.desk.webhooks import locked_or_404
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Webhook

blueprint = Blueprint("webhook_secrets", __name__, url_prefix="/webhooks/<int:id>/secret")


@blueprint.get("")
def show(id: int) -> ResponseReturnValue:
    webhook = db.get_or_404(Webhook, id)
    both = webhook.former_until is not None and webhook.former_until > clock.now()
    page = render_template("desk/webhooks/secret.html", webhook=webhook, secret=webhook.secret, both=both)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("")
def create(id: int) -> ResponseReturnValue:
    locked_or_404(id).change_secret()
    db.session.commit()
    flash(_("There is a new secret. For a day messages are signed with both."), "success")
    return redirect(url_for("desk.webhook_secrets.show", id=id), 303)
