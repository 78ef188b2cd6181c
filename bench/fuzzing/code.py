"""What the code of the site takes in, as it says itself: its forms, and the names that it asks for."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask_wtf import FlaskForm

from bench import ROOT

API_CODE = ROOT / "site/broadsheet/blueprints/api"
IN_A_REQUEST = ("args", "form", "values", "files")


def forms() -> dict[str, set[str]]:
    """The fields of each form that stands in a page; not of those from which others are only made, nor of
    those of the API, whose calls say what they take."""
    found: dict[str, set[str]] = {}
    waiting = list(FlaskForm.__subclasses__())
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        is_shown = not form.__subclasses__() or form.__name__ in _called()
        if form.__module__.startswith("broadsheet.") and not _is_of_api(form) and is_shown:
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


def _is_of_api(form: type) -> bool:
    """Whether nothing but the API has a use for it."""
    of_api, of_pages = _named()
    is_there = f"{form.__module__}.".startswith("broadsheet.blueprints.api.")
    return is_there or (form.__name__ in of_api and form.__name__ not in of_pages)


@cache
def _named() -> tuple[set[str], set[str]]:
    """The names that the code of the API uses, and those of all the rest."""
    found: tuple[set[str], set[str]] = (set(), set())
    for file in (ROOT / "site" / "broadsheet").rglob("*.py"):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        found[API_CODE not in file.parents].update(names)
    return found


def name_of(form: type) -> str:
    return f"{form.__module__}.{form.__name__}"


def all_names() -> set[str]:
    """Those of pages: what a call of the API heeds, it says itself."""
    files = (ROOT / "site").glob("broadsheet/**/*.py")
    return set().union(*(names_in(file) for file in files if API_CODE not in file.parents))


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
