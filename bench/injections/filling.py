"""Fills every field that people can fill with the shapes, through HTTP, as a browser would."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from bench import client, scratch
from bench.client import Browser
from bench.injections import uploads
from broadsheet.web.fields import CONTROL

WORDS = 10**6  # of a field that takes a text


@dataclass(frozen=True)
class Form:
    """Where it is sent, its fields with the most characters of each, and what else it wants to be taken.

    `before` stands in front of each shape, which then has no spaces: an address is one that is taken.
    """

    path: str
    fields: Mapping[str, int]
    also: Mapping[str, str] = field(default_factory=dict)
    before: str = ""


@dataclass
class Filled:
    """What was taken and what was refused, by form; of the refused, the pages that said so."""

    taken: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    refusals: list[tuple[str, int, str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # forms that were answered by a status of 5xx
    fields: int = 0
    posts: list[str] = field(default_factory=list)  # the numbers of those in whose texts all shapes are


class Filler:
    """An admin who is signed in, and the visitors' forms. `per` shapes go into a field at a time,
    and each form is sent `most` times."""

    def __init__(self, port: int, shapes: Sequence[str], per: int, most: int) -> None:
        self.port, self.shapes, self.per, self.most = port, shapes, per, most
        self.browser = Browser(port)
        self.browser.sign_in(scratch.ADMIN, scratch.PASSWORD)
        self.done = Filled()

    def fill(self) -> Filled:
        self.browser.open("/desk/posts/new")
        names = packed(self.shapes, 180, self.per)[: 10 * self.most]
        self.done.fields += uploads.send(self.browser, names)
        picture = uploads.a_picture(self.browser)
        for form in self._forms(picture):
            self._fill(form)
            if form.path == "/desk/posts/new/publication" and "body" in form.fields:
                count = len(packed(self.shapes, WORDS, self._per(WORDS)))
                found = re.findall(r"/desk/posts/(\d+)/edit", self.browser.open("/desk/posts"))
                self.done.posts = list(dict.fromkeys(found))[:count]
        self._beside_a_text()
        self._revise()
        self._answer_letters()
        self._sign_in_by_strange_browsers()
        return self.done

    # -- what is filled

    def _forms(self, picture: str) -> Iterator[Form]:
        sure = {"confirmed": "1"}
        found = {"title": 300, "summary": 1000, "body": WORDS, "search_title": 300, "search_description": 500}
        carried = {"byline": 200, "cover_alt": 1000, "question": 4000}
        yield Form("/desk/series/new", {"description": 10_000}, {"name": "First", "slug": "first"})
        yield Form("/desk/series/new", {"name": 100, "description": 10_000})
        also = sure | {"cover": picture, "social_picture": picture, "series": "first"}
        yield Form("/desk/posts/new/publication", found | carried, also)
        yield Form("/desk/posts/new/reviews", found | carried, sure)
        yield Form("/desk/pages/new/publication", found, sure)
        yield Form("/desk/posts/new", {"tags": 60}, {"title": "With a tag", "body": "x"})
        odd = (
            "slug",
            "canonical_url",
            "authors",
            "cover",
            "series",
            "translation_of",
            "language",
            "published_at",
        )
        yield Form("/desk/posts/new", dict.fromkeys(odd, 400), {"title": "Odd", "body": "x"})
        taken = {"title": "With an address", "body": "x", "confirmed": "1"}
        yield Form("/desk/posts/new/publication", {"canonical_url": 400}, taken, "https://x.example/")
        yield Form("/desk/tags/new", {"name": 50, "description": 10_000})
        yield Form("/desk/tags/new", {"slug": 80, "picture": 200}, {"name": "With a slug"})
        yield Form("/desk/redirects", {"path": 400}, {"target": "/about"})
        yield Form("/desk/redirects", {"path": 400}, {"target": "/about"}, "/x")
        yield Form("/desk/redirects", {"target": 400}, {"path": "/x"})
        yield Form("/desk/invitations", {"email": 200}, {"role": "author"})
        visitor = {"name": 120, "email": 200}
        sent = {"email": "vera@example.org"}
        yield Form("/contact", {"name": 120, "subject": 200, "message": 20_000}, sent)
        yield Form("/contact", visitor | {"subject": 200, "message": 20_000, "website": 200})
        yield Form("/submit", {"name": 120, "title": 300, "body": WORDS}, sent)
        yield Form("/submit", visitor | {"title": 300, "body": 20_000, "ticket": 100})
        yield Form("/login", {"username": 200, "password": 200})
        yield Form("/password/forgot", {"email": 200})
        yield Form("/account", {"links-0-url": 400, "links-0-label": 60}, {"name": "Ada", "timezone": "UTC"})

    def _fill(self, form: Form) -> None:
        """Each shape in each field, cut off where the field ends."""
        packs = {name: self._packed(form, most) for name, most in form.fields.items()}
        count = max(map(len, packs.values()))
        # Of a text each pack is sent, however few of the others.
        texts = max((len(packs[name]) for name, most in form.fields.items() if most == WORDS), default=1)
        step = max(1, count // max(self.most, texts))
        for turn, number in enumerate(range(0, count, step)):
            typed = {
                name: pack[(turn if form.fields[name] == WORDS else number) % len(pack)]
                for name, pack in packs.items()
            }
            if "name" in typed and "description" in typed:  # two tags of one name are refused
                typed["name"] = f"{number} {typed['name']}"
            self.send(form.path, form.also | typed)
        self.done.fields += len(form.fields)

    def _packed(self, form: Form, most: int) -> list[str]:
        if not form.before:
            return packed(self.shapes, most, self._per(most))
        tight = (re.sub(r"\s|\\\\", "", shape) for shape in self.shapes)
        return [form.before + said.replace(" ", "") for said in packed(tight, most, self.per)]

    def _per(self, most: int) -> int:
        return self.per if self.per == 1 or most < WORDS else 5 * self.per

    def send(self, path: str, typed: Mapping[str, str], headers: Mapping[str, str] | None = None) -> bool:
        """Whether it was taken: as it is, or else without the characters that no keyboard types."""
        tidy = {name: CONTROL.sub("", value) for name, value in typed.items()}
        for sent in (typed, tidy) if tidy != typed else (typed,):
            status, text = self.browser.send(path, sent, headers or {})
            if status in (200, 303):
                self.done.taken[path] = self.done.taken.get(path, 0) + 1
                return True
            if status >= 500:
                self.done.broken.append(f"{path} answers {status} to {typed!r}")
        self.done.refused[path] = self.done.refused.get(path, 0) + 1
        self.done.refusals.append((path, status, text, self.browser.policy))
        return False

    def _beside_a_text(self) -> None:
        """What is said about the first post."""
        at = "/desk/posts/1"
        self._fill(Form(f"{at}/notes", {"note": 4000, "quote": 500}))
        self._fill(Form(f"{at}/corrections", {"correction": 2000}))
        self._fill(Form(f"{at}/preview-links", {"label": 120}, {"lifetime": "7", "may_note": "y"}))
        links = re.findall(r"/preview/[\w.~-]+", self.browser.open(f"{at}/preview-links"))
        for link in links[:1]:
            ticket = client.hidden(self.browser.open(link), "ticket")
            time.sleep(2.1)  # sooner, and it would be taken for a program's
            self._fill(Form(f"{link}/notes", {"name": 120, "quote": 500, "note": 4000}, {"ticket": ticket}))
        revisions = re.findall(rf"{at}/revisions/\d+", self.browser.open(f"{at}/revisions"))
        for revision in revisions[:1]:
            self._fill(Form(f"{revision}/milestone", {"name": 120}))

    def _revise(self) -> None:
        """Saves another shape over each, and types another: what was changed is compared in three places."""
        turned = [*self.shapes[1:], self.shapes[0]]
        bodies = packed(turned, WORDS, self._per(WORDS))
        for id, body in zip(self.done.posts, bodies, strict=False):
            said = {"title": body[:200], "body": body, "summary": body[:900], "confirmed": "1"}
            self.send(f"/desk/posts/{id}/edit", said)
            self.send(f"/desk/posts/{id}/autosaves", said | {"body": body[::-1]})
            self.send(f"/desk/posts/{id}/edit", said | {"version": "1", "body": body.replace("x", "y")})
        self.done.fields += 3

    def _answer_letters(self) -> None:
        for noun in ("messages", "submissions"):
            self.send(f"/desk/{noun}/1/judgement", {"spam": "no"})
            also = {"answers_to": scratch.ADMIN}
            self._fill(Form(f"/desk/{noun}/1/replies", {"subject": 200, "body": 4000}, also))

    def _sign_in_by_strange_browsers(self) -> None:
        for said in packed(self.shapes, 300, 3 * self.per)[:20]:
            agent = header(said)
            strange = Browser(self.port)
            strange.open("/login")
            typed = {"username": scratch.ADMIN, "password": scratch.PASSWORD}
            strange.send("/login", typed, {"User-Agent": agent, "Referer": f"http://evil.example/{agent}"})
            with client.Connection(self.port) as connection:
                connection.get("/", {"User-Agent": agent, "Referer": f"http://{agent}.example/"})
        self.done.fields += 2

    # -- what has but one place on the whole site: filled anew for each look at it

    def settings(self) -> Iterator[None]:
        """The site's own words, each shape in each, as far as it fits; a look is due after each step."""
        titles, rows = packed(self.shapes, 100, self.per), packed(self.shapes, 60, 1)
        longer = packed(self.shapes, 200, self.per)
        footers, bios = packed(self.shapes, 2000, 5 * self.per), packed(self.shapes, 9000, 20 * self.per)
        for number in range(len(titles)):
            links = {}
            for row in range(30):
                label = rows[(30 * number + row) % len(rows)]
                links |= {f"{row}-label": label, f"{row}-url": f"https://x.example/?{quote(label)}"}
            self._settle(titles[number], longer[number % len(longer)], footers[number % len(footers)], links)
            said = {"name": titles[number], "bio": bios[number % len(bios)], "timezone": "UTC"}
            self.send("/account", said | {f"links-{name}": links[name] for name in list(links)[:10]})
            yield
        self.done.fields += 8

    def _settle(self, title: str, tagline: str, footer: str, links: dict[str, str]) -> None:
        plain = {"language": "en", "timezone": "UTC", "posts_per_page": "100", "authors_publish": "True"}
        plain |= {"second_factor_of": "nobody", "robots": f"# {title}"}
        said = {"title": title, "tagline": tagline, "footer": footer}
        self.send("/desk/settings", plain | said | {f"social_links-{name}": to for name, to in links.items()})
        self.send("/desk/navigation", {f"links-{name}": to for name, to in links.items()})

    @property
    def cookies(self) -> list[tuple[str, str]]:
        return [
            (name, value)
            for name, _, value in (one.partition("=") for one in self.browser.cookie.split("; "))
        ]


def packed(shapes: Iterable[str], most: int, per: int) -> list[str]:
    """So many at a time, as long as they fit; each is there, if need be cut off."""
    joint = "\n\n" if most >= 2000 else " "
    packs: list[list[str]] = []
    for shape in shapes:
        shape = shape[:most]
        if packs and len(packs[-1]) < per and len(joint.join([*packs[-1], shape])) <= most:
            packs[-1].append(shape)
        else:
            packs.append([shape])
    return [joint.join(pack) for pack in packs]


def header(said: str) -> str:
    """As it can stand in a line of HTTP."""
    return CONTROL.sub("", said).replace("\n", " ").encode("latin-1", "replace").decode("latin-1")


def reflections(shapes: Sequence[str], per: int) -> Iterator[str]:
    """Addresses that say something to a page which may say it again."""
    for words in packed(shapes, 400, per):
        said = quote(words, safe="")
        yield from (f"/search?q={said}", f"/search/results?q={said}", f"/{said}", f"/desk/jump?q={said}")
    for words in packed(shapes, 200, 8 * per):
        said = quote(words, safe="")
        for name in ("q", "state", "sort", "author", "tag", "page", "show", "order"):
            yield f"/desk/posts?{name}={said}"
        for noun in (
            "pages",
            "tags",
            "series",
            "uploads",
            "messages",
            "submissions",
            "redirects",
            "links",
            "people",
        ):
            yield f"/desk/{noun}?q={said}&sort={said}&state={said}&show={said}"
        yield from (
            f"/login?next={said}",
            f"/login?next=/{said}",
            f"/logout?next={said}",
            f"/contact?subject={said}",
        )
        yield from (f"/post/1/{said}", f"/tag/{said}", f"/user/{said}", f"/series/{said}", f"/preview/{said}")
        yield from (
            f"/?page={said}",
            f"/archive/{said}",
            f"/uploads/{said}",
            f"/static/{said}",
            f"/setup/{said}",
        )
        yield from (f"/desk/activity?who={said}&what={said}&q={said}", f"/password/reset/{said}")
        yield from (f"/desk/appearance?look={said}", f"/?look={said}", f"/desk/invitations?byline={said}")
        yield from (
            f"/invitation/{said}",
            f"/theme/{said}/x.css",
            f"/feed.atom?{said}={said}",
            f"/desk/{said}",
        )


def imported(shapes: Sequence[str], per: int) -> Iterator[tuple[str, str]]:
    """Files of a blog, by name, whose front matter and text are the shapes."""
    for number, shape in enumerate(packed(shapes, 400, per)):
        shape = CONTROL.sub("", shape)
        said = json.dumps(shape)
        about = {
            "title": said,
            "description": said,
            "tags": f"[{said}]",
            "authors": f"[{said}]",
            "slug": said,
        }
        about |= {"aliases": f'["/old/{number}"]', "series": said, "image": said}
        head = "".join(f"{name}: {value}\n" for name, value in about.items())
        yield f"{number}.md", f"---\n{head}---\n\n# {shape}\n\n{shape}\n\n![{shape}]({number}.png)\n"
