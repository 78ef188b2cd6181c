"""The picture of a shared link, for what has none of its own: the title, the site's name, its colours."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.extensions import db
from broadsheet.lib.colour import LIGHT_GROUNDS, accents
from broadsheet.lib.lazy import lazily
from broadsheet.media import drawn, lettering
from broadsheet.models import Page, Post, Series, Site, Tag, User

if TYPE_CHECKING:
    from PIL import Image, ImageDraw
else:
    Image = lazily("PIL.Image")
    ImageDraw = lazily("PIL.ImageDraw")

# Raise it when the same words give another picture.
VERSION = 1

WIDTH, HEIGHT = 1200, 630  # what ogp.me's readers crop the least
MARGIN = 72
PAPER, INK, SOFT, LINE = LIGHT_GROUNDS[0], "#1a1a17", "#595750", "#d9d5c9"
TITLE_SIZES = (96, 84, 74, 66, 58, 52, 46)
SITE_SIZES = (46, 40, 34, 28)
FRONT_SIZES = (150, 130, 112, 96, 84, 72, 60)

KINDS: dict[str, type[Any]] = {
    "post": Post,
    "page": Page,
    "tag": Tag,
    "series": Series,
    "user": User,
}


@dataclass(frozen=True)
class Card:
    of: str  # `post-7`, or `home`
    title: str  # empty for the site itself
    label: str  # above the title
    line: str  # below it
    site: str
    accent: str

    @property
    def digest(self) -> str:
        return drawn.digest(VERSION, self.of, self.title, self.label, self.line, self.site, self.accent)

    @property
    def alt(self) -> str:
        return self.title or self.site


def of(subject: Any, site: Site) -> Card:
    """The card of a post, a page, a tag, a series or a person; with None, of the whole site."""
    if subject is None:
        return Card("home", "", "", site.tagline, site.title, site.accent)
    label = line = ""
    kind = "user" if isinstance(subject, User) else subject.kind
    if kind == "post":
        tags = list(subject.tags)
        label = tags[0].name if tags else ""
        line = subject.byline or ", ".join(person.name for person in subject.authors)
    title = subject.name if isinstance(subject, User | Tag | Series) else subject.title
    return Card(f"{kind}-{subject.id}", title, label, line, site.title, site.accent)


def made(card: Card) -> Path:
    """Its file. Raises drawn.Busy."""
    return drawn.made(card.of, card.digest, ".png", lambda: picture(card))


def is_made(card: Card) -> bool:
    return drawn.place(card.of, card.digest, ".png").is_file()


def make(kind: str, id: int) -> None:
    """For a job: that of a text, so that it is there when somebody shares it."""
    content = db.session.scalars(KINDS[kind].published().where(KINDS[kind].id == id)).first()
    if content is None:
        return
    card = of(content, Site.load())
    db.session.rollback()  # nobody waits for this transaction while it is drawn
    made(card)


def picture(card: Card) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    on = ImageDraw.Draw(image)
    accent, _dark = accents(card.accent)
    on.rectangle((0, HEIGHT - 20, WIDTH, HEIGHT), fill=accent)
    site, title = lettering.showable(card.site) or "", lettering.showable(card.title) or ""
    if title:
        _article(on, card, title, site, accent)
    else:
        _front(on, card, site, accent)
    out = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _article(on: ImageDraw.ImageDraw, card: Card, title: str, site: str, accent: str) -> None:
    top = 44
    if site:
        setting = lettering.set_in(site, WIDTH - 2 * MARGIN, 60, SITE_SIZES)
        lettering.draw(on, setting, (MARGIN, top, WIDTH - MARGIN), INK, centred=True)
        top += setting.height + 18
    _rules(on, top)
    label, line = lettering.showable(card.label), lettering.showable(card.line)
    box = (MARGIN, WIDTH - MARGIN)
    top += 34
    bottom = HEIGHT - 20 - (84 if line else 40)
    if label:
        setting = lettering.set_in(label, WIDTH - 2 * MARGIN, 44, (30, 26))
        lettering.draw(on, setting, (box[0], top, box[1]), accent)
        top += setting.height + 10
    setting = lettering.set_in(title, WIDTH - 2 * MARGIN, bottom - top, TITLE_SIZES)
    lettering.draw(on, setting, (box[0], top, box[1]), INK)
    if line:
        setting = lettering.set_in(line, WIDTH - 2 * MARGIN, 44, (32, 28))
        lettering.draw(on, setting, (box[0], HEIGHT - 90, box[1]), SOFT)


def _front(on: ImageDraw.ImageDraw, card: Card, site: str, accent: str) -> None:
    """The site's name as on its front page; without one that can be drawn, its rules alone."""
    line = "" if card.title else lettering.showable(card.line)
    if not site:
        _rules(on, HEIGHT // 2 - 30)
        on.rectangle((WIDTH // 2 - 120, HEIGHT // 2 + 20, WIDTH // 2 + 120, HEIGHT // 2 + 60), fill=accent)
        return
    setting = lettering.set_in(site, WIDTH - 2 * MARGIN, 330, FRONT_SIZES)
    top = (HEIGHT - 20 - setting.height - (90 if line else 30)) // 2
    lettering.draw(on, setting, (MARGIN, top, WIDTH - MARGIN), INK, centred=True)
    top += setting.height + 24
    _rules(on, top)
    if line:
        words = lettering.set_in(line, WIDTH - 2 * MARGIN, 90, (36, 32, 28))
        lettering.draw(on, words, (MARGIN, top + 22, WIDTH - MARGIN), SOFT, centred=True)


def _rules(on: ImageDraw.ImageDraw, top: int) -> None:
    """The double rule that closes the masthead."""
    on.rectangle((MARGIN, top, WIDTH - MARGIN, top + 3), fill=INK)
    on.rectangle((MARGIN, top + 8, WIDTH - MARGIN, top + 9), fill=INK)
