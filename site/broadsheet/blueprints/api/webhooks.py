"""Webhooks: programs elsewhere that are told what happens here."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Blueprint, Response, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, in_json, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE
from broadsheet.extensions import db
from broadsheet.forms.webhooks import WebhookForm
from broadsheet.models import Webhook
from broadsheet.models.webhook import Because

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


class State(StrEnum):
    ON = "on"
    FAILING = "failing"
    OFF = "off"


def state_of(webhook: Webhook) -> State:
    if not webhook.is_active:
        return State.OFF
    return State.FAILING if webhook.failing_since else State.ON


ATTRIBUTES = (
    attribute("id", int, "Its number, which never changes."),
    attribute("name", str, "What it is for."),
    attribute("url", str, "Where messages are sent."),
    attribute("events", [str], "Types of events, such as `post.published`; `*` is all of them."),
    attribute("state", State, get=state_of),
    attribute("failing_since", datetime, "Since then nothing has come through.", or_null=True),
    attribute("off_at", datetime, "When it was switched off.", or_null=True),
    attribute("off_because", Because, "Why.", or_null=True),
    attribute("created_by", BYLINE, or_null=True),
    attribute("created_at", datetime),
)
WEBHOOK = Representation("Webhook", "A program elsewhere that is told what happens here.", ATTRIBUTES)
SECRET = Representation(
    "WebhookSecret",
    "What messages are signed with.",
    (attribute("secret", str, "By the Standard Webhooks specification. Told this once."),),
)
NEW_WEBHOOK = Representation(
    "NewWebhook", "A webhook with its secret, which is told this once.", (*ATTRIBUTES, *SECRET.attributes)
)
ORDERS = {"id": by(Webhook.id, int), "name": by(Webhook.name, str)}
TAKES = Input(WebhookForm, required=("name", "url", "events"))
EXAMPLE = {"name": "Newsletter", "url": "https://example.org/hook", "events": ["post.published"]}


@blueprint.get("")
@operation("List webhooks", gives=WEBHOOK, lists=True, parameters=list_parameters(ORDERS, "id"))
def index() -> Response:
    return page(
        db.select(Webhook),
        WEBHOOK,
        orders=ORDERS,
        default="id",
        id_column=Webhook.id,
        options=[joinedload(Webhook.created_by)],
    )


@blueprint.post("")
@operation(
    "Add a webhook",
    description="It is told what happens from now on. Its address must be one that anybody can reach, or in "
    "a network that the operator names in `webhook_networks`. The secret stands in this answer alone.",
    takes=TAKES,
    gives=NEW_WEBHOOK,
    status=201,
    example=EXAMPLE,
)
def create() -> Created:
    webhook = Webhook.create(**filled(WebhookForm).values(), by=current_user._get_current_object())
    db.session.flush()
    where = url_for("api.webhooks.show", id=webhook.id, _external=True)
    return Created(NEW_WEBHOOK.of(webhook), where, is_secret=True)


@blueprint.get("/<int:id>")
@operation("Read a webhook", gives=WEBHOOK, parameters=(FIELDS,))
def show(id: int) -> dict[str, Any]:
    return shown(WEBHOOK, webhook_or_404(id))


@blueprint.put("/<int:id>")
@operation("Replace a webhook", takes=TAKES, gives=WEBHOOK, example=EXAMPLE)
def replace(id: int) -> dict[str, Any]:
    return changed(id, whole=True)


@blueprint.patch("/<int:id>")
@operation(
    "Change a webhook",
    description="What happened before is still told as it was wanted then.",
    takes=Input(WebhookForm),
    gives=WEBHOOK,
    example={"events": ["post.published", "post.unpublished"]},
)
def change(id: int) -> dict[str, Any]:
    return changed(id)


@blueprint.delete("/<int:id>")
@operation("Delete a webhook", description="Its log is gone with it.", status=204)
def destroy(id: int) -> None:
    held_or_404(id).delete()


@blueprint.post("/<int:id>/secret")
@operation(
    "Change the secret of a webhook",
    description="For a day messages are signed with both, so that nothing is refused meanwhile.",
    gives=SECRET,
)
def change_secret(id: int) -> Response:
    webhook = held_or_404(id)
    webhook.change_secret()
    response = in_json(SECRET.of(webhook))
    response.cache_control.no_store = True
    return response


@blueprint.put("/<int:id>/activation")
@operation("Switch a webhook on", description="It is told nothing of what it missed.", gives=WEBHOOK)
def activate(id: int) -> dict[str, Any]:
    webhook = held_or_404(id)
    webhook.switch_on()
    return WEBHOOK.of(webhook)


@blueprint.delete("/<int:id>/activation")
@operation("Switch a webhook off", description="What still waits is given up.", status=204)
def deactivate(id: int) -> None:
    held_or_404(id).switch_off()


def webhook_or_404(id: int) -> Webhook:
    found: Webhook = db.one_or_404(
        db.select(Webhook).where(Webhook.id == id).options(joinedload(Webhook.created_by))
    )
    return found


def held_or_404(id: int) -> Webhook:
    webhook: Webhook = db.one_or_404(db.select(Webhook).where(Webhook.id == id).with_for_update())
    demand_match(WEBHOOK, webhook)
    return webhook


def changed(id: int, *, whole: bool = False) -> dict[str, Any]:
    webhook = held_or_404(id)
    webhook.change(**filled(WebhookForm, webhook, whole=whole).values())
    return WEBHOOK.of(webhook)
