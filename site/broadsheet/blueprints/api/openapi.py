"""The OpenAPI document, for programs. docs.py is the page of it, for people."""

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from broadsheet.blueprints.api.document import document
from broadsheet.blueprints.api.operations import in_json
from broadsheet.web.headers import is_for_everybody
from broadsheet.web.problems import API

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def show() -> ResponseReturnValue:
    is_for_everybody()
    response = in_json(document(current_app._get_current_object()) | {"servers": [{"url": server()}]})
    response.add_etag()
    return response.make_conditional(request)


def server() -> str:
    """As the host is called that was asked."""
    return request.root_url.rstrip("/") + API
