"""What the code of the site takes in, as it says itself: its forms, and the names that it asks for."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask_wtf import FlaskForm

from bench import ROOT

IN_A_REQUEST = ("args", "form", "values", "files")


def forms() -> dict[str, set[str]]:
    """The fields of each form that stands in a page; not of those from which others are only made."""
    found: dict[str, set[str]] = {}
    waiting = list(FlaskForm.__subclasses__())
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        is_shown = not form.__subclasses__() or form.__name__ in _called()
        if form.__module__.startswith("broadsheet.") and is_shown:
            found[name_of(form)] = {one for one in dir(form) if hasattr(getattr(form, one), "field_class")}
    return found


@cache
def _called() -> frozenset[str]:
    """The names that are called anywhere in the code."""
    files = (ROOT / "site" / "broadsheet").rglob("*.py")
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return frozenset(
        node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )


def name_of(form: type) -> str:
    return f"{form.__module__}.{form.__name__}"


def all_names() -> set[str]:
    return set().union(*map(names_in, (ROOT / "site" / "broadsheet").rglob("*.py")))


@cache
def names_in(file: Path) -> frozenset[str]:
    """What its code asks a request for by a name that stands in it."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(name for node in nodes for name in _asked(node) if isinstance(name, str))


def _asked(node: ast.AST) -> Iterator[object]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name("request"), attr=of)), args=args):
            asked = args[:1]
        case ast.Subscript(value=ast.Attribute(value=ast.Name("request"), attr=of), slice=one):
            asked = [one]
        case ast.Compare(left=one, comparators=[ast.Attribute(value=ast.Name("request"), attr=of)]):
            asked = [one]
        case _:
            return
    if of in IN_A_REQUEST:
        yield from (one.value for one in asked if isinstance(one, ast.Constant))
