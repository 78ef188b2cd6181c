"""A page as a test reads it: its elements, by name and attributes."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")


class Element:
    def __init__(self, name: str, attributes: dict[str, str], parent: "Element | None" = None) -> None:
        self.name, self.attributes, self.parent = name, attributes, parent
        self.children: list[Element | str] = []

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    @property
    def text(self) -> str:
        """What stands in it, each run of white space as one space."""
        return " ".join("".join(self._texts()).split())

    @property
    def value(self) -> str:
        """What a browser would send for it; a text area's first line break belongs to the markup."""
        if self.name != "textarea":
            return self.get("value")
        return "".join(self._texts()).replace("\r\n", "\n").removeprefix("\n")

    def walk(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, name: str = "", /, **attributes: str) -> list["Element"]:
        """`page.all("a", rel="next")`; a class is given as `class_` and may be one of several."""
        return [element for element in self.walk() if element.matches(name, attributes)]

    def one(self, name: str = "", /, **attributes: str) -> "Element":
        found = self.all(name, **attributes)
        assert len(found) == 1, f"{len(found)} of {name} {attributes}"
        return found[0]

    def matches(self, name: str, wanted: dict[str, str]) -> bool:
        if name and name != self.name:
            return False
        for attribute, value in wanted.items():
            if attribute == "class_":
                if value not in self.get("class").split():
                    return False
            elif self.attributes.get(attribute) != value:
                return False
        return True

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


class Page(Element, HTMLParser):
    def __init__(self, markup: str) -> None:
        Element.__init__(self, "", {})
        HTMLParser.__init__(self)
        self.open: Element = self
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        at: Element | None = self.open
        while at is not None and at.name != tag:
            at = at.parent
        if at is not None and at.parent is not None:
            self.open = at.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)

    @property
    def headlines(self) -> list[str]:
        """The titles of the posts it lists, in their order."""
        headings = [element for element in self.walk() if element.name in ("h2", "h3")]
        return [link.text for heading in headings for link in heading.all("a")]
