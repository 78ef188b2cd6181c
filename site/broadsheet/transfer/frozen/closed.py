"""What needs a server, and what stands in its place where there is none."""

from typing import Any

from flask_babel import gettext as _

from broadsheet.extensions import db
from broadsheet.models import Page
from broadsheet.transfer.frozen.live import Answer, Live

CLOSED = ("/contact", "/submit", "/login")
# What no link of the frozen site may lead to, but to the site itself: nothing there is public.
PRIVATE = ("/account", "/desk", "/password", "/preview", "/setup", "/invitation", "/health")


def page(live: Live, path: str, site: str) -> Answer:
    """`site` is the address at which the site itself answers, "" if nobody shall be sent there."""
    return live.render(path, "frozen/closed.html", lambda: words(path, site))


def words(path: str, site: str) -> dict[str, Any]:
    text = db.session.scalar(Page.at("contact")) if path == "/contact" else None
    headings = {"/contact": _("Contact"), "/submit": _("Offer a piece"), "/login": _("Sign in")}
    return {
        "heading": text.title if text else headings[path],
        "page": text,
        "live": f"{site}{path}" if site else "",
    }
