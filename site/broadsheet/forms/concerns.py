"""Concerns: what a writer should know before something is saved, published or taken back.

None of them forbids anything; the desk asks once (desk/concerns.py). What was wrong before is not told again
at every save. A plain save tells of links to nowhere that it adds; publication tells of all that readers
would meet.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload, load_only

from broadsheet.extensions import db
from broadsheet.lib import markdown
from broadsheet.lib.destinations import Inward, destination
from broadsheet.models import Link, Page, Post, rendering
from broadsheet.models.link import SHOWN, in_parts, own_hosts, place
from broadsheet.models.page import FIXED_SLUGS
from broadsheet.web.kinds import Content
from broadsheet.web.whereabouts import Standing, standings, suggestion

NO_ANCHORS = ("", "top")  # the latter is the top of every page (HTML, 7.4.6.3)

_POST = re.compile(r"/post/([0-9]{1,10})")
_ID = re.compile(r'<[a-z][^<>]*? id="([^"]*)"')


class Mention(NamedTuple):
    """A text that is concerned."""

    title: str
    url: str


@dataclass(frozen=True)
class Concern:
    """`kind` is for programs, `text` for people; `field` is where it can be mended, "" for elsewhere."""

    kind: str
    text: str
    field: str = ""
    mentions: tuple[Mention, ...] = ()


def concerns_of_saving(
    content: Content, form: Any, *, to_publish: bool, document: markdown.Document | None = None
) -> list[Concern]:
    """Of what the form says. `document` is what the pipeline already made of the text."""
    changes = {"body": form.body.data, "language": form.language.data}
    found = concerns(content, changes, to_publish=to_publish, document=document)
    return found + undescribed_cover(content, form, to_publish=to_publish)


def concerns(
    content: Content, changes: dict[str, Any], *, to_publish: bool, document: markdown.Document | None = None
) -> list[Concern]:
    """Of a save with these changes."""
    body = changes["body"] or ""
    # Publication tells of what readers do not see yet; a plain save, of what was not saved yet.
    was = (content.body if to_publish or not content.version else content.working()["body"]) or ""
    is_first = to_publish and not content.is_published
    if body == was and not is_first:
        return []
    if document is None:
        document = rendering.rendered(body, language=changes.get("language") or content.language or "")
    inward = leads(content, (one for one in dict.fromkeys(document.links) if is_first or one not in was))
    found = broken_links(content, inward, to_publish=to_publish)
    found += missing_anchors(content, inward, document)
    if to_publish and content.id and content.html:
        found += lost_anchors(content, anchors(content.html) - anchors(document.html))
    if to_publish:
        found += missing_alt(one for one in document.undescribed if is_first or one not in was)
    if to_publish and document.troubles:
        known = () if is_first else rendering.rendered(was, language=content.language or "").troubles
        troubles = [one for one in dict.fromkeys(document.troubles) if one not in known]
        found += [Concern("data_not_shown", one, "body") for one in troubles]
    return found


def missing_alt(addresses: Iterable[str]) -> list[Concern]:
    """Pictures that say nothing to those who do not see them, and are not said to be mere decoration."""
    return [
        Concern(
            "missing_alt",
            _(
                "The picture %(address)s has no words for those who do not see it. Write them between the"
                " brackets, or #decorative behind the address if it only decorates.",
                address=address,
            ),
            "body",
        )
        for address in dict.fromkeys(addresses)
    ]


def leads(content: Content, addresses: Iterable[str]) -> dict[str, Inward]:
    """Where within the site they lead; those that leave it are left out."""
    hosts = own_hosts()
    led = ((one, destination(one, base=content.path, hosts=hosts)) for one in addresses)
    return {address: lead for address, lead in led if isinstance(lead, Inward)}


def broken_links(content: Content, inward: Mapping[str, Inward], *, to_publish: bool) -> list[Concern]:
    places: dict[str, str] = {}
    for address, lead in inward.items():
        places.setdefault(place(lead.path), address)
    places.pop(place(content.path), None)  # of a new text, too, which has no address yet
    found = []
    for path, standing in standings(places).items():
        if standing is Standing.NOTHING:
            found.append(Concern("broken_link", _to_nowhere(places[path], suggestion(path)), "body"))
        elif standing is Standing.HIDDEN and to_publish:
            words = _("The text links to %(address)s, which readers do not see yet.", address=places[path])
            found.append(Concern("hidden_link", words, "body"))
    return found


def missing_anchors(
    content: Content, inward: Mapping[str, Inward], document: markdown.Document
) -> list[Concern]:
    """Links that name a place within a text, this or another one, which that text does not have."""
    wanted: dict[str, dict[str, str]] = {}
    for address, lead in inward.items():
        if lead.fragment not in NO_ANCHORS and ":~:" not in lead.fragment:
            wanted.setdefault(place(lead.path), {}).setdefault(lead.fragment, address)
    there = anchors_at([*wanted]) | {place(content.path): anchors(document.html)}
    return [
        Concern("missing_anchor", _to_no_place(wanted[path][fragment], fragment), "body")
        for path, ids in there.items()
        for fragment in sorted(wanted.get(path, {}).keys() - ids)
    ]


def anchors_at(places: list[str]) -> dict[str, set[str]]:
    """Those of the posts and own pages at these places (as models/link.py spells them); not of drafts that
    are somebody else's, whose headings could be guessed. The pages that the site needs say more than their
    texts do."""
    found: dict[str, set[str]] = {}
    for part in in_parts(places):
        ids = [int(match[1]) for path in part if (match := _POST.fullmatch(path))]
        posts = Post.visible_to(current_user).where(Post.id.in_(ids)).with_only_columns(Post.id, Post.html)
        found |= {f"/post/{id}": anchors(html) for id, html in db.session.execute(posts)}
        slugs = [path[1:] for path in part if path[1:] not in FIXED_SLUGS]
        pages = Page.visible_to(current_user).where(Page.slug.in_(slugs))
        said = db.session.execute(pages.with_only_columns(Page.slug, Page.html))
        found |= {f"/{slug}": anchors(html) for slug, html in said}
    return found


def undescribed_cover(content: Content, form: Any, *, to_publish: bool) -> list[Concern]:
    """A cover without words for those who do not see it, told before readers meet it."""
    cover = form.cover.data if "cover" in form else None
    if not to_publish or cover is None or form.cover_alt.data:
        return []
    if isinstance(content, Post) and content.is_published and content.cover_id == cover.id:
        return []
    words = _("The cover has no words for those who do not see it. If it only decorates, leave it so.")
    return [Concern("missing_alt", words, "cover_alt")]


def lost_anchors(content: Content, ids: set[str]) -> list[Concern]:
    """Places within the text to which other texts lead, and which would be gone."""
    if not ids:
        return []
    links = db.session.scalars(with_text(Link.to(content).where(Link.fragment.in_(ids)))).all()
    found = []
    for id in sorted({link.fragment for link in links}):
        concerned = mentions(link for link in links if link.fragment == id)
        found.append(
            Concern(
                "lost_anchor",
                _("The place #%(name)s is gone from the text, but other texts lead there:", name=id),
                "body",
                concerned,
            )
        )
    return found


def concerns_of_withdrawal(content: Content) -> list[Concern]:
    """Of taking away what readers see: unpublishing it, or moving it to the trash."""
    if not content.is_published:
        return []
    links = db.session.scalars(with_text(Link.to(content).limit(SHOWN))).all()
    concerned = mentions(link for link in links if link.text.is_published)
    if not concerned:
        return []
    return [
        Concern("withdrawn", _("Other texts lead here. Readers of these would find nothing:"), "", concerned)
    ]


def concerns_of_withdrawing(contents: Sequence[Content]) -> list[Concern]:
    """Of taking away many at once. That one of them leads to another is no concern."""
    found = []
    for content in contents:
        links = db.session.scalars(with_text(Link.to(content).limit(SHOWN))) if content.is_published else ()
        concerned = mentions(link for link in links if link.text.is_published and link.text not in contents)
        if concerned:
            words = _(
                "Other texts lead to “%(title)s”. Readers of these would find nothing:",
                title=content.title or _("Untitled"),
            )
            found.append(Concern("withdrawn", words, "", concerned))
    return found


def anchors(html: str) -> set[str]:
    return {unescape(id) for id in _ID.findall(html)}


def _to_nowhere(address: str, meant: str | None) -> str:
    if meant:
        return _(
            "The text links to %(address)s, where nothing stands. Did you mean %(meant)s?",
            address=address,
            meant=meant,
        )
    return _("The text links to %(address)s, where nothing stands.", address=address)


def _to_no_place(address: str, name: str) -> str:
    return _(
        "The text links to %(address)s, but the place #%(name)s is not there.", address=address, name=name
    )


def with_text(query: Any) -> Any:
    """With what a list says of the texts, and nothing more of them."""
    shown = ("title", "slug", "status", "published_at", "expires_at", "trashed_at")
    return query.options(
        joinedload(Link.post).options(load_only(*(getattr(Post, name) for name in shown))),
        joinedload(Link.page).options(load_only(*(getattr(Page, name) for name in shown))),
    )


def mentions(links: Iterable[Link]) -> tuple[Mention, ...]:
    texts = dict.fromkeys(link.text for link in links if link.text.trashed_at is None)
    return tuple(
        Mention(text.title or _("Untitled"), url_for(f"desk.{text.kind}s.edit", id=text.id)) for text in texts
    )
