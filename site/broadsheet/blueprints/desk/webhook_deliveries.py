"""What a webhook was told: one message with its attempts, a test, and once more."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from broadsheet import jobs
from broadsheet.blueprints.desk.webhook_words import OUTCOMES, PROBLEMS
from broadsheet.blueprints.desk.webhooks import locked_or_404
from broadsheet.extensions import db
from broadsheet.jobs.webhooks import deliver
from broadsheet.models import Webhook, WebhookDelivery

blueprint = Blueprint("webhook_deliveries", __name__, url_prefix="/webhooks/<int:id>")


@blueprint.context_processor
def words() -> dict[str, Any]:
    return {"outcomes": OUTCOMES, "problems": PROBLEMS}


@blueprint.post("/tests")
def test(id: int) -> ResponseReturnValue:
    locked_or_404(id).test()
    jobs.later(deliver, id)
    db.session.commit()
    flash(_("A test is on its way. In a moment this page tells what came of it."), "success")
    return redirect(url_for("desk.webhooks.show", id=id), 303)


@blueprint.get("/deliveries/<int:delivery_id>")
def show(id: int, delivery_id: int) -> str:
    webhook = db.get_or_404(Webhook, id)
    delivery = db.one_or_404(
        webhook.deliveries()
        .where(WebhookDelivery.id == delivery_id)
        .options(selectinload(WebhookDelivery.attempts))
    )
    return render_template("desk/webhooks/delivery.html", webhook=webhook, delivery=delivery)


@blueprint.post("/deliveries/<int:delivery_id>/attempts")
def send_again(id: int, delivery_id: int) -> ResponseReturnValue:
    webhook = locked_or_404(id)
    delivery = db.one_or_404(webhook.deliveries().where(WebhookDelivery.id == delivery_id))
    if webhook.send_again(delivery):
        jobs.later(deliver, id)
        flash(_("It is sent again. In a moment this page tells what came of it."), "success")
    else:
        flash(_("The webhook is switched off: switch it on first."), "error")
    db.session.commit()
    return redirect(url_for("desk.webhook_deliveries.show", id=id, delivery_id=delivery_id), 303)
