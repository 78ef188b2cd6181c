"""A page as it is sent: its headers, its bytes in each coding that was asked for, and their ETags."""

from hashlib import blake2b

from broadsheet.lib.codings import SMALLEST, decoded, encoded
from broadsheet.web.press.queries import Queries

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]

# What is said of each copy here, or of one answer only.
OF_ONE_ANSWER = frozenset({"content-length", "etag", "surrogate-key", "x-request-id"})
# What a 304 leaves out: it is about the bytes that do not come (RFC 9110, section 15.4.5).
OF_THE_BYTES = frozenset({"Content-Length", "Content-Encoding", "Content-Type"})
OVERHEAD = 7_000  # bytes around a body in memory: headers, dictionaries, what the queries were asked


class Copy:
    __slots__ = ("body", "etag", "unchanged", "whole")

    def __init__(self, body: bytes, etag: str, headers: Headers) -> None:
        self.body = body
        self.etag = etag
        self.whole: Answer = (200, headers, body)
        self.unchanged: Answer = (304, [header for header in headers if header[0] not in OF_THE_BYTES], b"")


class Page:
    """Keeps one copy for each coding that was asked for: most are only ever asked for in one."""

    __slots__ = (
        "copies",
        "etag",
        "headers",
        "is_compressed",
        "is_counted",
        "is_of_api",
        "once",
        "place",
        "queries",
        "was_asked",
    )

    def __init__(
        self, headers: Headers, text: bytes, *, edition: int | None, coding: str, once: bool
    ) -> None:
        self.headers = [header for header in headers if header[0].lower() not in OF_ONE_ANSWER]
        self.etag = blake2b(text, digest_size=12).hexdigest()
        self.is_compressed = len(text) >= SMALLEST
        self.is_counted = False
        self.is_of_api = False  # asked for by more than an address: see `is_plain_question`
        self.place = ("", "")  # by which its visits are counted
        self.was_asked = False  # since it was last looked through for what nobody wants
        self.queries: Queries | None = None
        self.copies: dict[str, Copy] = {}
        self.once = once
        self.add(coding, edition, text)

    @property
    def size(self) -> int:
        """In bytes; copies that share their bytes are counted once."""
        bodies = {id(copy.body): len(copy.body) for copy in self.copies.values()}
        return OVERHEAD + sum(bodies.values())

    def add(self, coding: str, edition: int | None, text: bytes | None = None) -> Copy:
        """A copy in one more coding; from the text, or from another copy."""
        if text is None:
            known, copy = next(iter(self.copies.items()))
            text = decoded(copy.body, known if self.is_compressed else "")
        self.copies[coding] = self._copy(text, coding, edition)
        return self.copies[coding]

    def reprint(self, edition: int | None) -> None:
        """The same in another edition."""
        for coding, copy in list(self.copies.items()):
            self.copies[coding] = self._with_headers(copy.body, coding, edition)

    def _copy(self, text: bytes, coding: str, edition: int | None) -> Copy:
        body = encoded(text, coding if self.is_compressed else "", once=self.once)
        return self._with_headers(body, coding, edition)

    def _with_headers(self, body: bytes, coding: str, edition: int | None) -> Copy:
        if not self.is_compressed:
            coding = ""
        etag = f'"{self.etag}-{coding}"' if coding else f'"{self.etag}"'
        headers = [*self.headers, ("Content-Length", str(len(body))), ("ETag", etag)]
        if edition is not None:  # what a shared cache throws away when a newer one is out
            headers.append(("Surrogate-Key", f"broadsheet edition-{edition}"))
        if coding:
            headers.append(("Content-Encoding", coding))
        return Copy(body, etag, headers)
