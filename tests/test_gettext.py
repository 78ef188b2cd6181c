"""No word that people see stands outside gettext, so that a catalogue can bring another language."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment

ROOT = Path(__file__).parents[1]
TEMPLATES, PACKAGE = ROOT / "templates", ROOT / "site" / "broadsheet"
TRANSLATIONS = PACKAGE / "translations"

PAGES = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))
MAILS = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.txt"))
MODULES = sorted(str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py"))

WORD = re.compile(r"[^\W\d_]{2,}")
SEEN_ATTRIBUTES = ("alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title")
UNSEEN_ELEMENTS = ("code", "kbd", "pre", "samp", "script", "style")
# Blocks that fill in an attribute, and macros that write a piece of one: `…-error`, ` lang="…"`.
UNSEEN_BLOCKS = re.compile(r"{% block (?:\w+_class|style|bundle|width) %}.*?{% endblock %}", re.DOTALL)
UNSEEN_PIECES = re.compile(r"""…-\w+|(?:\s+[\w-]+="[^"<>]*")+(?=\s*$)""", re.MULTILINE)

KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


@pytest.mark.parametrize("name", PAGES)
def test_words_of_a_page_go_through_gettext(name):
    reader = Reader()
    reader.feed(bare(name))
    reader.close()
    assert reader.found == []


@pytest.mark.parametrize("name", MAILS)
def test_words_of_a_mail_go_through_gettext(name):
    assert WORD.findall(bare(name)) == []


@pytest.mark.parametrize("name", MODULES)
def test_words_of_the_code_go_through_gettext(name):
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    assert [ast.unparse(call) for call in ast.walk(tree) if says_bare_words(call)] == []


def test_list_of_all_words_is_up_to_date():
    with (TRANSLATIONS / "messages.pot").open("rb") as file:
        listed = {message.id for message in read_po(file) if message.id}
    assert listed == extracted(), "run .ci/messages"


def bare(name: str) -> str:
    """The template without what Jinja puts in; a mark stands for each such place."""
    source = UNSEEN_BLOCKS.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))
    tokens = Environment(autoescape=True).lexer.tokeniter(source, name)
    shown = {"data": str, "variable_begin": lambda _: "…"}
    text = "".join(shown[kind](text) for _, kind, text in tokens if kind in shown)
    return UNSEEN_PIECES.sub("", text)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.unseen = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN_ELEMENTS
        for name, value in attrs:
            if name in SEEN_ATTRIBUTES and WORD.search(value or ""):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.found += WORD.findall(data)


def says_bare_words(node: ast.AST) -> bool:
    """A flash, a form field's label or a field's error given as a plain string."""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0]
    is_shown = function in ("flash", "ValidationError") or re.fullmatch(r"[A-Z]\w+Field", function)
    is_text = isinstance(first, ast.JoinedStr) or isinstance(getattr(first, "value", None), str)
    return bool(is_shown and is_text and WORD.search(ast.unparse(first)))


def extracted() -> set[object]:
    with (TRANSLATIONS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return {message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}
