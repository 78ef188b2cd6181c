"""Fetches a still picture of each film that a text embeds, so that readers see it without asking there.

Of a public text only: what a draft embeds is told to nobody (docs/decisions/0037).
"""

import io
import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import String, cast, select

from broadsheet import media
from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.jobs import link_checks
from broadsheet.jobs.queue import later
from broadsheet.lib import clock
from broadsheet.lib.lazy import lazily
from broadsheet.lib.links import is_web_address
from broadsheet.lib.outgoing import LONGEST_BODY, Forbidden, Guard, ask
from broadsheet.models import Page, Post, rendering

if TYPE_CHECKING:
    import httpx2
else:
    httpx2 = lazily("httpx2")

MOST = 20  # of one text
LARGEST = 3_000_000  # bytes
PATIENCE = 15.0  # seconds for one answer
PAUSE = timedelta(seconds=2)  # from text to text

HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; Broadsheet)"}

GUARD = Guard()

log = logging.getLogger(__name__)


def fetch(kind: str, id: int, when: str = "") -> None:
    """A job: of the post or page, each still that is not here yet; then the text shows them. No transaction
    is open while the other site is asked. An answer that is no picture is passed over, an unreachable site
    asked again.

    `when` makes of a job for a later moment another one than that for now, which may come before it.
    """
    if not link_checks.is_on():
        return
    model: type[Post] | type[Page] = Post if kind == "post" else Page
    with reading():
        found = db.session.execute(
            select(model.body, model.language, model.html).where(model.is_public(), model.id == id)
        ).one_or_none()
        document = rendering.rendered(found.body, language=found.language) if found else None
        db.session.rollback()
    if found is None or document is None:
        return
    kept, missed = 0, None
    for address in document.stills[:MOST]:
        try:
            kept += _keep(address)
        except httpx2.HTTPError as error:
            missed = error
    # The other case: an earlier attempt has kept some and then missed one, or crashed.
    if kept or document.html != found.html:
        content = db.session.get(model, id, populate_existing=True, with_for_update=True)
        if content is not None:
            content.render()
        db.session.commit()
    if missed is not None:
        raise missed


def fetch_missing() -> None:
    """A job, after an import: of all public texts that embed something and show no still, one after the
    other, so that no site is asked a thousand times at once."""
    if not link_checks.is_on():
        return
    at = clock.now()
    for model in (Post, Page):
        is_bare = ~model.html.contains('class="embed-still"')
        embeds = cast(model.needs, String).contains('"embed"')
        for id in db.session.scalars(select(model.id).where(model.is_public(), embeds, is_bare)).all():
            at += PAUSE
            later(fetch, model.kind, id, at=at)


def _keep(address: str) -> bool:
    try:
        body = _asked(address)
        if described := _described(body):
            body = _asked(described)
    except (Forbidden, httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        return False
    if not body:
        return False
    try:
        with media.received(io.BytesIO(body), only_pictures=True) as file:
            upload = media.known(file) or media.keep(media.prepare(file, _name(address)))
    except media.Refused as error:
        log.info("%s is no picture: %s", address, error)
        return False
    upload.origin = address
    db.session.commit()
    return True


def _asked(address: str) -> bytes:
    """Nothing, if the site has nothing to give."""
    answer = ask(
        "GET", address, guard=GUARD, seconds=PATIENCE, headers=HEADERS, with_body=True, longest=LARGEST
    )
    return answer.body if answer.status == 200 else b""


def _described(body: bytes) -> str:
    """The address of the picture that a description names (oEmbed 1.0, section 2.3.4); "" if it is none."""
    if len(body) > LONGEST_BODY or not body.lstrip().startswith(b"{"):
        return ""
    try:
        found = json.loads(body).get("thumbnail_url")
    except (ValueError, RecursionError):
        return ""
    return found if isinstance(found, str) and is_web_address(found) else ""


def _name(address: str) -> str:
    """After what it shows, which a description's address names in its query."""
    shown = parse_qs(urlsplit(address).query).get("url", [address])[0]
    return "still-" + shown.partition("://")[2].partition("?")[0].replace("/", "-")[-60:]
