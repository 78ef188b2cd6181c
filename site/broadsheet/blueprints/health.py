"""For whoever watches the site: is the process alive, is it ready to serve?"""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from broadsheet.extensions import db

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    return jsonify(status="ok"), 200, {"Cache-Control": "no-store"}


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="unavailable", database="no answer"), 503, {"Cache-Control": "no-store"}
    return jsonify(status="ok", database="ok"), 200, {"Cache-Control": "no-store"}
