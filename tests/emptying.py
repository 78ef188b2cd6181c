"""Databases of PostgreSQL that are used again: to empty one takes a hundredth of the time of a new copy."""

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

GROWN = 1.5  # times the size that it had; what was deleted still takes room, and makes scans slow

# What a migration, or any other change of the schema, leaves different.
SCHEMA = """
    SELECT (SELECT max(oid) FROM pg_class), (SELECT count(*) FROM pg_class),
        (SELECT count(*) FROM pg_attribute), (SELECT max(oid) FROM pg_constraint),
        (SELECT md5(string_agg(t::text, ' ' ORDER BY oid)) FROM pg_trigger t),
        (SELECT md5(string_agg(prosrc, ' ' ORDER BY oid)) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace)
"""
OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass
class Template:
    """What every copy of a template begins with."""

    schema: Any
    size: int
    rows: dict[str, str]  # as JSON, by table
    sequences: list[tuple[str, int | None]]

    @classmethod
    def read(cls, connection: sa.Connection) -> "Template":
        ask = connection.exec_driver_sql
        tables = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()
        rows = {table: ask(f'SELECT json_agg(t) FROM "{table}" t').scalar() for table in tables}  # noqa: S608
        return cls(
            schema=ask(SCHEMA).one(),
            size=ask("SELECT pg_database_size(current_database())").scalar_one(),
            rows={table: json.dumps(found) if found else "" for table, found in rows.items()},
            sequences=[
                (name, last) for name, last in ask("SELECT sequencename, last_value FROM pg_sequences")
            ],
        )

    def restore(self, connection: sa.Connection) -> bool:
        """Makes a copy what it was. Whether it is fit for use: one whose schema was changed, is not."""
        ask = connection.exec_driver_sql
        ask(OTHERS)
        size = ask("SELECT pg_database_size(current_database())").scalar_one()
        if ask(SCHEMA).one() != self.schema or size > GROWN * self.size:
            return False
        # Without triggers and foreign keys: all goes, whatever its order.
        deletes = (f'DELETE FROM "{table}"' for table in self.rows)  # noqa: S608
        ask("; ".join(["SET LOCAL session_replication_role = replica", *deletes]))
        for table, kept in self.rows.items():
            if kept:
                record = f'json_populate_recordset(NULL::"{table}", %s)'
                ask(f'INSERT INTO "{table}" SELECT * FROM {record}', (kept,))  # noqa: S608
        ask("; ".join(f"SELECT setval('\"{n}\"', {v or 1}, {v is not None})" for n, v in self.sequences))
        return True
