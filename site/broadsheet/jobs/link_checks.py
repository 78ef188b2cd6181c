"""Looks slowly whether the addresses of other sites, to which our texts lead, still lead somewhere."""

import logging
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.lazy import lazily
from broadsheet.lib.outgoing import Answer, Forbidden, Guard, ask
from broadsheet.models import OutgoingAddress, Site

if TYPE_CHECKING:
    import httpx2
else:
    httpx2 = lazily("httpx2")

EVERY = timedelta(minutes=1)  # so seldom a host is asked, too: one address of it in each round
AT_ONCE = 10  # addresses of one round
LOOKED_THROUGH = 300  # among which they are chosen, so that one host with many does not hold up the others
ROUND = 45.0  # seconds after which no further address is begun
PATIENCE = 15.0  # seconds for one answer
LEAST_PAUSE, USUAL_PAUSE, LONGEST_PAUSE = timedelta(hours=1), timedelta(days=1), timedelta(days=14)

GONE = (404, 410)

GUARD = Guard()

log = logging.getLogger(__name__)


def check_due(now: datetime) -> int:
    """A round of it: a few addresses, each of another host; how many were looked at."""
    if not is_on():
        return 0
    begun, checked = time.monotonic(), 0
    for id in _next(now):
        if time.monotonic() - begun > ROUND:
            break
        check(id)
        checked += 1
    return checked


def check(id: int) -> None:
    """Looks at one address and keeps what was found. No transaction is open while the other site is asked."""
    with reading():
        # Not the row: to ask it for its url later would open a transaction again, and lock the database.
        url = db.session.scalar(select(OutgoingAddress.url).where(OutgoingAddress.id == id))
        agent = _agent()
        db.session.rollback()
    if url is None or not is_on():
        return
    try:
        answer: Answer | Exception = look(url, agent)
    except (Forbidden, httpx2.HTTPError, httpx2.InvalidURL) as error:
        answer = error
    except Exception as error:  # one strange answer must not keep all other addresses waiting
        log.exception("what came from %s could not be read", url)
        answer = error
    found = db.session.get(OutgoingAddress, id, populate_existing=True, with_for_update=True)
    if found is not None:
        judge(found, answer)
    db.session.commit()


def look(url: str, agent: str) -> Answer:
    """Asks for the head; some servers know only whole pages, and only their answer counts then."""
    headers = {"User-Agent": agent, "Accept": "*/*"}
    try:
        answer = ask("HEAD", url, guard=GUARD, seconds=PATIENCE, headers=headers)
        if answer.status < 400 or answer.status == 429:
            return answer
    except httpx2.RemoteProtocolError:
        pass
    return ask("GET", url, guard=GUARD, seconds=PATIENCE, headers=headers)


def judge(address: OutgoingAddress, answer: Answer | Exception) -> None:
    """What the answer says of the address. The words are for the desk."""
    if isinstance(answer, Forbidden):
        address.postpone(clock.now() + LONGEST_PAUSE)
    elif isinstance(answer, Exception):
        address.failed(_in_words(answer))
    elif answer.status == 429 or (answer.status == 503 and answer.retry_after is not None):
        wanted = (
            USUAL_PAUSE if answer.retry_after is None else timedelta(seconds=min(answer.retry_after, 1e7))
        )
        pause = min(max(wanted, LEAST_PAUSE), LONGEST_PAUSE)
        OutgoingAddress.leave_in_peace(address.host, clock.now() + pause)
        address.postpone(clock.now() + pause)
    elif answer.status in GONE:
        address.failed(_("There is nothing any more (%(status)d).", status=answer.status), answer.status)
    elif answer.status >= 500 and answer.status != 999:
        address.failed(_("The other site is broken (%(status)d).", status=answer.status), answer.status)
    else:  # 403 and the like, too: somebody is there, but shows it only to people or to those who signed in
        address.answered(answer.status)


def is_on() -> bool:
    return bool(current_app.config["LINK_CHECKS"])


def _next(now: datetime) -> list[int]:
    chosen: dict[str, int] = {}
    with reading():
        due = OutgoingAddress.due(now).with_only_columns(OutgoingAddress.id, OutgoingAddress.host)
        for id, host in db.session.execute(due.limit(LOOKED_THROUGH)):
            chosen.setdefault(host, id)
        db.session.rollback()
    return list(chosen.values())[:AT_ONCE]


def _agent() -> str:
    """Tells who asks, and where to complain."""
    address = current_app.config["BROADSHEET"].site_url or next(iter(Site.load().addresses), "")
    return f"Mozilla/5.0 (compatible; Broadsheet link check{'; +' + address if address else ''})"


def _in_words(error: Exception) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return _("Nobody answers in time.")
    if isinstance(error, httpx2.TooManyRedirects):
        return _("It redirects for ever.")
    if isinstance(error, httpx2.ConnectError):
        said = str(error).lower()
        if "certificate" in said or "ssl" in said:
            return _("Its certificate is not valid.")
        return _("Nobody answers there.")
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return _("It is no address that can be opened.")
    return _("What comes back is no page.")
