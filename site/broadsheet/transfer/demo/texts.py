"""Bodies of sample posts: some hundred are written and rendered, and each is varied in a few words.

The words that vary stand where the pipeline makes nothing of them (in running text, after the opening from
which the excerpt comes), so what a varied text is rendered to is the rendering with the same words put in.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broadsheet.lib import markdown
from broadsheet.lib.searching import plain_text
from broadsheet.transfer.demo import phrases

# As words that Markdown leaves alone.
VARIED = {
    "{family}": ("Qzfamilya", "Qzfamilyb"),
    "{house}": ("Qzhousea", "Qzhouseb"),
    "{number}": ("Qznumbera", "Qznumberb", "Qznumberc"),
}
ADDRESS = "/post/7777777/qzslug"
_MARKS = re.compile(f"({'|'.join([*(mark for marks in VARIED.values() for mark in marks), ADDRESS])})")
_OPENING = 220  # characters: more than an excerpt takes


@dataclass(frozen=True)
class Draft:
    """A body, not yet rendered, in which the words to vary are marks."""

    topic: str
    subject: str
    body: str
    picture: str = ""  # the address of the one that it shows


@dataclass(frozen=True)
class Text:
    draft: Draft
    document: markdown.Document
    body: list[str]  # in parts: every second one is a mark
    html: list[str]
    plain: list[str]

    @classmethod
    def of(cls, draft: Draft, document: markdown.Document) -> "Text":
        html = document.html
        return cls(draft, document, *(_MARKS.split(each) for each in (draft.body, html, plain_text(html))))

    def varied(self, words: dict[str, str]) -> tuple[str, str, str]:
        """The body, its rendering, and what of it is searched."""
        return tuple(
            "".join([words.get(part, part) for part in each]) for each in (self.body, self.html, self.plain)
        )  # type: ignore[return-value]  # three

    def links(self, words: dict[str, str]) -> list[str]:
        return [words.get(link, link) for link in self.document.links]


def words_for(
    chance: random.Random, families: Sequence[str], houses: Sequence[str], address: str
) -> dict[str, str]:
    """What stands in one post where its text has marks."""
    pools = {"{family}": families, "{house}": houses}
    return {
        mark: chance.choice(pools[field]) if field in pools else str(chance.randint(3, 1999))
        for field, marks in VARIED.items()
        for mark in marks
    } | {ADDRESS: address}


def drafts(chance: random.Random, many: int, pictures: Sequence[tuple[str, str]]) -> Iterator[Draft]:
    """`pictures`: addresses, and what is to be seen there."""
    topics = list(phrases.TOPICS)
    for number in range(many):
        topic = topics[number % len(topics)]
        yield _draft(chance, topic, pictures)


def _draft(chance: random.Random, topic: str, pictures: Sequence[tuple[str, str]]) -> Draft:
    subject = chance.choice(phrases.TOPICS[topic])
    parts = [_opening(chance, subject)]
    picture = ""
    if pictures and chance.random() < 0.2:
        picture, seen = chance.choice(pictures)
        parts.append(f'![{seen}]({picture} "{seen[0].upper()}{seen[1:]}.")')
    headings = chance.sample(phrases.HEADINGS, 3)
    sections = chance.choice((1, 2, 2, 3))
    for section in range(sections):
        if section:
            parts.append(f"## {headings.pop()}")
        parts += [_paragraph(chance) for _ in range(chance.randint(1, 3))]
        if chance.random() < 0.35:
            parts.append(_aside(chance))
    if topic in ("Programming", "Machines", "Science") and chance.random() < 0.6:
        language, code = chance.choice(phrases.CODE)
        parts.insert(-1, f"```{language}\n{code}\n```")
    if chance.random() < 0.5:
        parts.append(chance.choice(phrases.LINKS).format(address=ADDRESS))
    if chance.random() < 0.1:
        parts.append(chance.choice(phrases.OUTSIDE))
    parts.append(chance.choice(phrases.LAST))
    return Draft(topic, subject, "\n\n".join(parts) + "\n", picture)


def _opening(chance: random.Random, subject: str) -> str:
    sentences = [
        chance.choice(phrases.OPENINGS).format(subject=subject, someone=chance.choice(phrases.PEOPLE))
    ]
    sentences += chance.sample(phrases.SECOND, len(phrases.SECOND))
    taken = 1
    while len(" ".join(sentences[:taken])) < _OPENING:
        taken += 1
    return " ".join(sentences[:taken])


def _paragraph(chance: random.Random) -> str:
    return " ".join(_marked(chance, one) for one in chance.sample(phrases.SENTENCES, chance.randint(3, 6)))


def _marked(chance: random.Random, sentence: str) -> str:
    for field, marks in VARIED.items():
        sentence = sentence.replace(field, chance.choice(marks))
    return sentence


def _aside(chance: random.Random) -> str:
    kind = chance.choice(("quotation", "list", "table", "note"))
    if kind == "quotation":
        return f"> {chance.choice(phrases.QUOTES)}"
    if kind == "list":
        return "\n".join(f"- {item}" for item in chance.sample(phrases.ITEMS, 4))
    if kind == "note":
        return f"> [!NOTE]\n> {chance.choice(phrases.NOTES)}"
    rows = [
        f"| {good} | {chance.randint(2, 4000):,} | {chance.randint(1, 60)} |"
        for good in chance.sample(phrases.GOODS, 4)
    ]
    return "\n".join(["| What | Counted | Kept |", "| :--- | ---: | ---: |", *rows])
