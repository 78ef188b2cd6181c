"""Fetches a still picture of each film that a text embeds, so that readers see it without asking there."""

import io
import logging

from sqlalchemy import select

from broadsheet import media
from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.jobs import link_checks
from broadsheet.lib.outgoing import Forbidden, Guard, ask
from broadsheet.models import Page, Post, rendering

MOST = 20  # of one text
LARGEST = 3_000_000  # bytes
PATIENCE = 15.0  # seconds for one answer

HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; Broadsheet)"}

GUARD = Guard()

log = logging.getLogger(__name__)


def fetch(kind: str, id: int) -> None:
    """A job: of the post or page, each still that is not here yet; then the text shows them. No transaction
    is open while the other site is asked. An answer that is no picture is passed over, an unreachable site
    asked again."""
    if not link_checks.is_on():
        return
    model: type[Post] | type[Page] = Post if kind == "post" else Page
    with reading():
        body = db.session.scalar(select(model.body).where(model.id == id)) or ""
        wanted = rendering.rendered(body).stills[:MOST]
        db.session.rollback()
    found = [address for address in wanted if _keep(address)]
    content = db.session.get(model, id, populate_existing=True, with_for_update=True) if found else None
    if content is not None:
        content.render()
    db.session.commit()


def _keep(address: str) -> bool:
    try:
        answer = ask(
            "GET", address, guard=GUARD, seconds=PATIENCE, headers=HEADERS, with_body=True, longest=LARGEST
        )
    except Forbidden:
        return False
    if answer.status != 200 or not answer.body:
        return False
    try:
        with media.received(io.BytesIO(answer.body), only_pictures=True) as file:
            upload = media.known(file) or media.keep(media.prepare(file, _name(address)))
    except media.Refused as error:
        log.info("%s is no picture: %s", address, error)
        return False
    upload.origin = address
    db.session.commit()
    return True


def _name(address: str) -> str:
    return "still-" + address.partition("://")[2].partition("?")[0].replace("/", "-")[-60:]
