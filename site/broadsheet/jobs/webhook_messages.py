"""What a webhook is told of an event: ids, titles and addresses; no draft's text, and of visitors an id."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Alias, Event, Page, Post, Series, Site, Tag, Upload, User, WebhookDelivery
from broadsheet.models.webhook_event import DETAILS, TITLED

API = "/api/v1"
TEST_WORDS = "A test. Nothing has happened."

# Where programs find a subject, by its kind.
NOUNS = {
    "post": "posts",
    "page": "pages",
    "tag": "tags",
    "series": "series",
    "upload": "uploads",
    "message": "messages",
    "submission": "submissions",
    "reply": "replies",
    "user": "people",
    "alias": "redirects",
}
# And what readers find of it at the moment.
SHOWN: dict[str, tuple[Any, Callable[[], Any]]] = {
    "post": (Post, lambda: select(Post).where(Post.is_public())),
    "page": (Page, lambda: select(Page).where(Page.is_public())),
    "tag": (Tag, lambda: select(Tag)),
    "series": (Series, lambda: select(Series)),
    "upload": (Upload, lambda: select(Upload)),
    "user": (User, User.with_page),
    "alias": (Alias, lambda: select(Alias)),
}


def message(delivery: WebhookDelivery) -> str:
    """JSON, as the Standard Webhooks specification has it: `type`, `timestamp`, `data`."""
    event = None if delivery.event_id is None else db.session.get(Event, delivery.event_id)
    told = {
        "type": delivery.type,
        "timestamp": moment(event.at if event else delivery.created_at),
        "data": data(delivery.type, event) if event else {"message": TEST_WORDS},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def data(type_: str, event: Event) -> dict[str, Any]:
    kind, id = event.subject_kind, event.subject_id
    noun = NOUNS.get(kind)
    base = site_address()
    path = shown_path(kind, id)
    details = {name: event.details[name] for name in DETAILS.get(type_, ()) if name in event.details}
    return {
        "id": id,
        "title": event.subject_label if kind in TITLED else None,
        "url": None if path is None else base + path,
        "api_url": f"{base}{API}/{noun}/{id}" if noun and id else None,
        "by": {"id": event.actor_id, "name": event.actor_name} if event.actor_id else None,
        **{name.rstrip("_"): value for name, value in details.items()},
    }


def shown_path(kind: str, id: int | None) -> str | None:
    """Where readers find it; None of what they do not see, such as a draft or what is deleted."""
    if kind == "site":
        return "/"
    if kind not in SHOWN or id is None:
        return None
    model, shown = SHOWN[kind]
    found = db.session.scalar(shown().where(model.id == id))
    return None if found is None else str(found.path)


def site_address() -> str:
    """The configured one, else where an admin signed in last, else where the server listens."""
    settings = current_app.config["BROADSHEET"]
    known = settings.site_url or next(iter(Site.load().addresses), "")
    return str(known or f"http://{settings.host}:{settings.port}")


def moment(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.isoformat().replace("+00:00", "Z")
