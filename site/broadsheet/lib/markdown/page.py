"""What is known while one text is rendered."""

import secrets
from urllib.parse import unquote

from broadsheet.lib.markdown.blocks import NO_BLOCKS, Blocks
from broadsheet.lib.markdown.document import Heading, Picture, Resolve, Words
from broadsheet.lib.markdown.policy import local_id


class Page:
    __slots__ = (
        "aliases", "blocks", "charts", "drawn", "frames", "ids", "images", "levels", "lines", "links",
        "needs", "nonce", "picture", "pictures", "pieces", "remarks", "resolve", "stills", "tables", "toc",
        "troubles", "undescribed", "words", "written_ids",
    )  # fmt: skip

    def __init__(
        self,
        resolve: Resolve | None,
        words: Words,
        *,
        lines: bool = False,
        remarks: bool = False,
        blocks: Blocks = NO_BLOCKS,
    ) -> None:
        self.lines = lines  # whether each block shall say where in the source it begins
        self.remarks = remarks  # whether its writer is told, in the page, what cannot be shown
        self.blocks = blocks
        self.resolve = resolve
        self.words = words
        self.nonce = "x" + secrets.token_hex(16) + "x"
        self.pieces: list[str] = []
        self.ids: set[str] = set()  # taken by headings and by anchors in raw HTML
        self.written_ids: set[str] = set()  # seen by the sanitiser
        self.needs: set[str] = set()
        self.frames: set[str] = set()
        self.stills: list[str] = []
        self.aliases: dict[str, str] = {}
        self.levels: list[int] = []
        self.toc: list[Heading] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.undescribed: list[str] = []
        self.picture: Picture | None = None
        self.pictures = 0
        self.tables = 0
        self.charts = 0
        self.drawn = 0  # values, of all charts
        self.troubles: list[str] = []

    def keep(self, html: str) -> str:
        """A placeholder for `html` that is made by us and must not pass the sanitiser."""
        self.pieces.append(html)
        return f"{self.nonce}{len(self.pieces) - 1}."

    def place_of(self, line: int) -> str:
        """A placeholder before a block that begins in this line; the sanitiser lets it through as text."""
        return f"{self.nonce}@{line}."

    def place(self, fragment: str) -> str:
        """The id that a link to `#fragment` means; other engines' spelling of a heading is understood."""
        fragment = unquote(fragment)
        if fragment in self.written_ids or fragment in self.ids:
            return fragment
        return self.aliases.get(fragment) or self.aliases.get(fragment.lower()) or local_id(fragment) or ""

    def level(self, written: int) -> int:
        """The level (2 to 6) of the next heading: as nested as written, from 2 and without gaps."""
        while self.levels and self.levels[-1] >= written:
            self.levels.pop()
        self.levels.append(written)
        return min(len(self.levels) + 1, 6)
