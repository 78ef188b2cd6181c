"""Connections: where a text leads, and which texts lead to it, for the editor."""

from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from broadsheet.extensions import db
from broadsheet.forms.concerns import Mention, mentions, with_text
from broadsheet.models import Link
from broadsheet.models.link import SHOWN
from broadsheet.web.kinds import Content
from broadsheet.web.whereabouts import Standing, standings

MOST = 200  # links of one text that are listed


class Lead(NamedTuple):
    """A link of a text, and what is to be said of it; "" if all is well."""

    address: str
    problem: str


class Connections(NamedTuple):
    inward: list[Lead]
    outward: list[Lead]
    from_others: tuple[Mention, ...]


def connections(content: Content) -> Connections:
    """As the text is stored, whatever is typed in the editor."""
    links = db.session.scalars(Link.of(content).options(joinedload(Link.outgoing)).limit(MOST)).all()
    return Connections(
        inward=within_site([link for link in links if link.outgoing is None]),
        outward=[
            Lead(link.outgoing.url, link.outgoing.problem if link.outgoing.dead_since else "")
            for link in links
            if link.outgoing is not None
        ],
        from_others=mentions(db.session.scalars(with_text(Link.to(content).limit(SHOWN)))),
    )


def within_site(links: list[Link]) -> list[Lead]:
    there = standings({link.path for link in links})
    words = {
        Standing.SEEN: "",
        Standing.HIDDEN: _("readers do not see it"),
        Standing.NOTHING: _("nothing stands there"),
    }
    return [
        Lead(link.path + (f"#{link.fragment}" if link.fragment else ""), words[there[link.path]])
        for link in links
    ]
