"""Lists page by page, by number."""

from typing import Any

from flask import abort, request
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from broadsheet.extensions import db

LAST_PAGE = 1_000_000  # beyond it a database may refuse the offset


def paginate(query: Select[Any], per_page: int) -> Pagination:
    """The page that `?page=` asks for. One that is no number, or beyond the end, is not found."""
    number = request.args.get("page", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:8]) <= LAST_PAGE):
        abort(404)
    return db.paginate(query, page=int(number[:8]), per_page=per_page, max_per_page=None, error_out=True)
