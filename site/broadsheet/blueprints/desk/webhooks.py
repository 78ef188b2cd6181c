"""Webhooks at the desk: added, changed, looked at, deleted. What is sent: jobs/webhooks.py."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload

from broadsheet.blueprints.desk.event_words import WORDS
from broadsheet.blueprints.desk.webhook_words import GROUPS, OUTCOMES, PROBLEMS, REASONS
from broadsheet.extensions import db
from broadsheet.forms.webhooks import WebhookForm
from broadsheet.models import Webhook, WebhookDelivery
from broadsheet.models.webhook import DEAD_AFTER
from broadsheet.models.webhook_event import TYPES
from broadsheet.web.pagination import paginate

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

PER_PAGE = 30


@blueprint.context_processor
def words() -> dict[str, Any]:
    return {"outcomes": OUTCOMES, "problems": PROBLEMS, "reasons": REASONS}


@blueprint.get("")
def index() -> str:
    return render_template("desk/webhooks/index.html", webhooks=list(db.session.scalars(Webhook.by_name())))


@blueprint.get("/new")
def new() -> str:
    return page(None, WebhookForm(formdata=None))


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    form = WebhookForm()
    if not form.validate():
        return page(None, form), 422
    webhook = Webhook.create(**form.values(), by=current_user._get_current_object())
    db.session.commit()
    flash(_("The webhook is added, and told what happens from now on."), "success")
    return redirect(url_for("desk.webhooks.show", id=webhook.id), 303)


@blueprint.get("/<int:id>")
def show(id: int) -> str:
    webhook = db.one_or_404(
        db.select(Webhook).where(Webhook.id == id).options(joinedload(Webhook.created_by))
    )
    deliveries = webhook.deliveries().options(selectinload(WebhookDelivery.attempts))
    return render_template(
        "desk/webhooks/show.html",
        webhook=webhook,
        pagination=paginate(deliveries, PER_PAGE),
        days=DEAD_AFTER.days,
    )


@blueprint.get("/<int:id>/edit")
def edit(id: int) -> str:
    webhook = db.get_or_404(Webhook, id)
    return page(webhook, WebhookForm(webhook))


@blueprint.post("/<int:id>/edit")
def update(id: int) -> ResponseReturnValue:
    webhook = locked_or_404(id)
    form = WebhookForm(webhook)
    if not form.validate():
        return page(webhook, form), 422
    webhook.change(**form.values())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("desk.webhooks.show", id=id), 303)


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    webhook = locked_or_404(id)
    webhook.delete()
    db.session.commit()
    flash(_("The webhook “%(name)s” is deleted.", name=webhook.name), "success")
    return redirect(url_for("desk.webhooks.index"), 303)


def locked_or_404(id: int) -> Webhook:
    return db.one_or_404(db.select(Webhook).where(Webhook.id == id).with_for_update())


def page(webhook: Webhook | None, form: WebhookForm) -> str:
    return render_template(
        "desk/webhooks/edit.html",
        webhook=webhook,
        form=form,
        groups=[(label, [one for one in TYPES if one.partition(".")[0] in about]) for label, about in GROUPS],
        meanings={type_: WORDS.get(signal, "") for type_, signal in TYPES.items()},
    )
