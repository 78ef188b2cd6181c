"""Where a program begins: what there is, and where."""

from typing import Any

from flask import Blueprint, current_app

from broadsheet.blueprints.api.document.calls import noun, operations
from broadsheet.blueprints.api.operations import operation
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.lib.release import VERSION
from broadsheet.web.problems import API
from broadsheet.web.public_address import absolute_url

blueprint = Blueprint("root", __name__)

ROOT = Representation(
    "Root",
    "What there is, and where.",
    (
        attribute("version", str, "Of Broadsheet."),
        attribute("docs", str, "How it is used, for people."),
        attribute("openapi", str, "The same for programs."),
        attribute("nouns", dict, "Where each noun begins."),
    ),
)


@blueprint.get("/", strict_slashes=False)  # the document of OpenAPI knows no empty path
@operation("Find the way", gives=ROOT)
def show() -> dict[str, Any]:
    app = current_app._get_current_object()
    lists = {noun(rule): rule.rule for rule, method, _what in operations(app) if is_list(rule.rule, method)}
    return {
        "version": VERSION,
        "docs": absolute_url("/api/docs"),
        "openapi": absolute_url(f"{API}/openapi.json"),
        "nouns": {name: absolute_url(address) for name, address in sorted(lists.items())},
    }


def is_list(address: str, method: str) -> bool:
    return method == "GET" and "<" not in address and address.removeprefix(API).count("/") == 1
