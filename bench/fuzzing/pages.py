"""What the pages of a site offer: their links, and their forms with each field as a browser would send it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

FOLLOWED = {"a": "href", "link": "href", "img": "src", "script": "src", "source": "src"}


@dataclass
class Field:
    name: str
    value: str
    kind: str  # of an input; or "textarea", "select", "button"


@dataclass
class PageForm:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[Field, str, str]] = field(default_factory=list)  # with their own action and method

    def ways(self) -> list[tuple[str, str, list[Field]]]:
        """Where to, how and what, by each of its buttons."""
        plain = [(self.action, self.method, self.fields)]
        return plain + [
            (action, method, self.fields + [button] * bool(button.name))
            for button, action, method in self.buttons
        ]


def as_sent(fields: list[Field]) -> bytes:
    """The body, as a browser writes it."""
    return urlencode([(one.name, one.value) for one in fields]).encode()


class PageReader(HTMLParser):
    """`links` and `forms` of a page that stands at `url`; both as path and query."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.forms: list[PageForm] = []
        self._url, self._by_id, self._open = url, {}, None
        self._waiting: list[tuple[str, Field, str, str]] = []  # of a form that comes later
        self._text: Field | None = None
        self._select: Field | None = None
        self.feed(html)
        for id, one, action, method in self._waiting:
            if form := self._by_id.get(id):
                self._add(form, one, action, method)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in FOLLOWED and FOLLOWED[tag] in given:
            self._follow(given[FOLLOWED[tag]])
        if tag == "form":
            self._open = PageForm(self._path(given.get("action", "")), given.get("method", "get").upper())
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        elif tag == "option" and self._select is not None:
            if "selected" in given or not self._select.value:
                self._select.value = given.get("value", "")
        elif tag in ("input", "textarea", "select", "button"):
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data

    def _field(self, tag: str, given: dict[str, str]) -> None:
        usual = {"input": "text", "button": "submit"}
        kind = given.get("type", usual[tag]) if tag in usual else tag
        one = Field(given.get("name", ""), given.get("value", ""), kind)
        if kind in ("submit", "image") or tag == "button":
            one.kind = "button"
        elif not one.name:
            return
        if tag == "textarea":
            self._text = one
        elif tag == "select":
            self._select = one
        elif kind in ("checkbox", "radio"):
            one.value = one.value or "on"
        action = self._path(given["formaction"]) if "formaction" in given else ""
        method = given.get("formmethod", "").upper()
        if id := given.get("form", ""):
            self._waiting.append((id, one, action, method))
        elif self._open is not None:
            self._add(self._open, one, action, method)

    def _add(self, form: PageForm, one: Field, action: str, method: str) -> None:
        if one.kind == "button":
            form.buttons.append((one, action or form.action, method or form.method))
        else:
            form.fields.append(one)

    def _follow(self, address: str) -> None:
        parts = urlsplit(urljoin(f"http://localhost{self._url}", address))
        if parts.scheme == "http" and parts.netloc == "localhost":
            self.links.add(self._path(address))

    def _path(self, address: str) -> str:
        parts = urlsplit(urljoin(f"http://localhost{self._url}", address))
        return parts.path + (f"?{parts.query}" if parts.query else "")


class Texts(HTMLParser):
    """What stands in the fields of a page, where people type."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.names: set[str | None] = set()
        self.ticked: set[str | None] = set()  # names of boxes
        self._in_textarea = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._in_textarea = tag == "textarea"
        if tag in ("textarea", "input"):
            given = dict(attributes)
            is_ticked = given.get("type") in ("checkbox", "radio")
            (self.ticked if is_ticked else self.names).add(given.get("name"))
        if tag == "textarea":
            self.found.append("")
        elif tag == "input":
            self.found.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_textarea = self._in_textarea and tag != "textarea"

    def handle_data(self, data: str) -> None:
        if self._in_textarea:
            self.found[-1] += data
