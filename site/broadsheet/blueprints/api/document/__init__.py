"""The OpenAPI 3.1 document, made of the routes, the forms, the representations and the access table
themselves.

- introduction (what all calls have in common, in words)
- calls (each of them, with its parameters and its body), answers (with its statuses and headers)
- schemas (of what comes in and goes out), examples (that look like what a site says)
"""

import sys
from types import ModuleType
from typing import Any

from flask import Flask

from broadsheet.blueprints.api.document import answers, schemas
from broadsheet.blueprints.api.document.calls import body, described, noun, operations, path_of
from broadsheet.blueprints.api.document.introduction import ABOUT, introduction
from broadsheet.blueprints.api.representing import all_of
from broadsheet.lib.release import VERSION

TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "bsh_…",
    "description": "A token of the account page, in `Authorization: Bearer bsh_…`.",
}


def document(app: Flask) -> dict[str, Any]:
    """But for the servers, which follow from the host that is asked. Made once for an app."""
    known: dict[str, Any] = app.extensions.get("broadsheet_openapi", {})
    if not known:
        known = app.extensions["broadsheet_openapi"] = made(app)
    return known


def made(app: Flask) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    shapes = []
    for rule, method, what in operations(app):
        told = paths.setdefault(path_of(rule), {})[method.lower()] = described(rule, method, what)
        if what.takes is not None:
            told["requestBody"] = body(method, what, what.takes, inputs)
        shapes += [what.gives] if what.gives else []
    found = {name: schemas.of_representation(shape) for name, shape in sorted(all_of(shapes).items())}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Broadsheet",
            "version": VERSION,
            "summary": "What is written and managed at the desk, for programs.",
            "description": introduction(),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": dict(sorted(paths.items())),
        "components": answers.components()
        | {
            "schemas": found | dict(sorted(inputs.items())) | {"Problem": schemas.PROBLEM},
            "securitySchemes": {"token": TOKEN},
        },
        "tags": tags(app),
    }


def tags(app: Flask) -> list[dict[str, str]]:
    """The nouns, in the order in which NOUNS of the package has them."""
    blueprints = {name.removeprefix("api."): one for name, one in app.blueprints.items() if "api." in name}
    used = {noun(rule) for rule, _method, _what in operations(app)}
    return [
        {"name": name, "description": ABOUT.get(name) or about(sys.modules[one.import_name])}
        for name, one in blueprints.items()
        if name in used
    ]


def about(module: ModuleType) -> str:
    """What the module of a noun says of it, without the noun."""
    first = (module.__doc__ or "").partition("\n\n")[0].replace("\n", " ").strip()
    said = first.partition(": ")[2] or first
    return said[:1].upper() + said[1:]
