"""Rows that may be there already, as each database says it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.dialects import sqlite

from broadsheet.models.base import mysql, postgresql


def insert_or_keep(dialect: str, table: Any, key: str) -> Any:
    """Inserts those that are new, and leaves the others as they are."""
    if dialect == "mariadb":
        # Not IGNORE, which would swallow other faults as well.
        return mysql.insert(table).on_duplicate_key_update({key: _column(table, key)})
    return (postgresql if dialect == "postgresql" else sqlite).insert(table).on_conflict_do_nothing()


def insert_or_add(
    dialect: str, table: Any, rows: list[dict[str, Any]], keys: Sequence[str], counted: Iterable[str]
) -> Any:
    """Inserts those that are new, and adds the counted columns to those that are there."""
    insert: Any = {"postgresql": postgresql, "mariadb": mysql}.get(dialect, sqlite).insert(table).values(rows)
    if dialect == "mariadb":
        sums = {name: _column(table, name) + insert.inserted[name] for name in counted}
        return insert.on_duplicate_key_update(sums)
    sums = {name: _column(table, name) + insert.excluded[name] for name in counted}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=sums)


def _column(table: Any, name: str) -> Any:
    return getattr(table, "__table__", table).c[name]
