"""What a webhook was told, message by message; a test, and once more."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import selectinload

from broadsheet import jobs
from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import FIELDS, Created, operation, shown
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.jobs.webhooks import deliver
from broadsheet.models import Webhook, WebhookDelivery
from broadsheet.models.webhook_delivery import DeliveryState, Problem
from broadsheet.web import problems

blueprint = Blueprint("webhook_deliveries", __name__, url_prefix="/webhooks/<int:id>")

ATTEMPT = Representation(
    "WebhookAttempt",
    "An attempt to send a message. Without a status and a problem it is under way, or was interrupted.",
    (
        attribute("at", datetime),
        attribute("status", int, "Of the answer.", or_null=True),
        attribute("milliseconds", int, or_null=True),
        attribute("problem", Problem, "Why it failed.", or_null=True),
        attribute("body", str, "How the answer begins."),
    ),
)
DELIVERY = Representation(
    "WebhookDelivery",
    "A message to a webhook.",
    (
        attribute("id", int),
        attribute("type", str, "Of the event; `webhook.test` of a test."),
        attribute("message_id", str, "The header `webhook-id`, the same however often it is sent."),
        attribute("state", DeliveryState),
        attribute(
            "next_attempt_at",
            datetime,
            "Of what waits: not before.",
            get=lambda one: one.next_attempt_at if one.state == DeliveryState.WAITING else None,
            or_null=True,
        ),
        attribute("created_at", datetime),
        attribute("finished_at", datetime, "When it was delivered or given up.", or_null=True),
        attribute("payload", str, "What is sent, once it is made: JSON, as a text.", large=True),
        attribute("attempts", [ATTEMPT], "The first attempt first.", large=True),
    ),
)
ORDERS = {"id": by(WebhookDelivery.id, int)}


@blueprint.post("/tests")
@operation(
    "Send a test to a webhook",
    description="It is sent before all that waits, and once; read it again to see what came of it.",
    gives=DELIVERY,
    status=201,
)
def test(id: int) -> Created:
    webhook = held_or_404(id)
    delivery = webhook.test()
    jobs.later(deliver, id)
    db.session.flush()
    where = url_for("api.webhook_deliveries.show", id=id, delivery_id=delivery.id, _external=True)
    return Created(DELIVERY.of(delivery), where)


@blueprint.get("/deliveries")
@operation(
    "List what a webhook was told",
    description="What was delivered or given up is kept for 30 days.",
    gives=DELIVERY,
    lists=True,
    parameters=list_parameters(ORDERS, "-id"),
)
def index(id: int) -> Response:
    webhook = db.get_or_404(Webhook, id)
    return page(
        webhook.deliveries().order_by(None),
        DELIVERY,
        orders=ORDERS,
        default="-id",
        id_column=WebhookDelivery.id,
        options=[selectinload(WebhookDelivery.attempts)],
    )


@blueprint.get("/deliveries/<int:delivery_id>")
@operation("Read a message to a webhook", gives=DELIVERY, parameters=(FIELDS,))
def show(id: int, delivery_id: int) -> dict[str, Any]:
    return shown(DELIVERY, delivery_or_404(db.get_or_404(Webhook, id), delivery_id))


@blueprint.post("/deliveries/<int:delivery_id>/attempts")
@operation(
    "Send a message again",
    description="Under the same `message_id`, as soon as the worker comes to it.",
    gives=DELIVERY,
    status=202,
    statuses={409: "The webhook is switched off."},
)
def send_again(id: int, delivery_id: int) -> dict[str, Any]:
    webhook = held_or_404(id)
    delivery = delivery_or_404(webhook, delivery_id)
    if not webhook.send_again(delivery):
        raise problems.Problem(409, "The webhook is switched off. Switch it on first.")
    jobs.later(deliver, id)
    return DELIVERY.of(delivery)


def held_or_404(id: int) -> Webhook:
    webhook: Webhook = db.one_or_404(db.select(Webhook).where(Webhook.id == id).with_for_update())
    return webhook


def delivery_or_404(webhook: Webhook, id: int) -> WebhookDelivery:
    found: WebhookDelivery = db.one_or_404(
        webhook.deliveries().where(WebhookDelivery.id == id).options(selectinload(WebhookDelivery.attempts))
    )
    return found
