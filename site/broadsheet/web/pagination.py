"""Lists page by page, by number."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from broadsheet.extensions import db

LAST_PAGE = 1_000_000  # beyond it a database may refuse the offset


def paginate(query: Select[Any], per_page: int) -> Pagination:
    """The page that `?page=` asks for. One that is no number, or beyond the end, is not found; the first
    has one address, without a number."""
    number = request.args.get("page", "1")
    if "page" in request.args and number == "1":
        abort(redirect(_first_page(), 301))
    if not _is_right(number):
        abort(404)
    return db.paginate(query, page=int(number), per_page=per_page, max_per_page=None, error_out=True)


def _is_right(number: str) -> bool:
    return number.isascii() and number.isdigit() and number[0] != "0" and int(number[:8]) <= LAST_PAGE


def _first_page() -> str:
    arguments = request.args.to_dict(flat=False)
    del arguments["page"]
    return url_for(str(request.endpoint), **(request.view_args or {}), **arguments)  # type: ignore[arg-type]  # none of its names is url_for's own
