"""The tables of a database, row by row, in either direction."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from broadsheet.models.base import mysql
from broadsheet.transfer.archive import contents, values
from broadsheet.transfer.archive.contents import Kind
from broadsheet.transfer.archive.manifest import KEY, ArchiveError, Part
from broadsheet.transfer.archive.reading import lines_of

AT_ONCE = 50  # rows that are read ahead; the longest are megabytes
# Rows that name a file below the folder of uploads.
FILED = ("tables/uploads.jsonl", "tables/upload_aliases.jsonl")
BATCH_ROWS, BATCH_BYTES = 500, 4 * 2**20  # that are written with one statement


def reflected(connection: sa.Connection, kind: Kind) -> dict[str, sa.Table]:
    """The tables of an archive as they are in the database, by their names, in order."""
    names = contents.tables(sa.inspect(connection).get_table_names(), kind)
    metadata = sa.MetaData()
    metadata.reflect(connection, only=names, resolve_fks=False)
    if connection.dialect.name == "mariadb":
        _name_types(connection, metadata)
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type.none_as_null = True  # nothing is nothing, and no `null` of JSON
    return {name: metadata.tables[name] for name in names}


def _name_types(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """MariaDB tells neither JSON from another text, but for a check, nor what is true from a small number;
    and SQLAlchemy would round a number of floating point."""
    checks = sa.text(
        "SELECT table_name, constraint_name FROM information_schema.check_constraints WHERE level = 'Column'"
        " AND constraint_schema = database() AND check_clause LIKE 'json_valid(%'"
    )
    of_json = {tuple(row) for row in connection.execute(checks)}
    for table in metadata.tables.values():
        for column in table.columns:
            if (table.name, column.name) in of_json:
                column.type = sa.JSON()
            elif isinstance(column.type, mysql.TINYINT) and column.type.display_width == 1:
                column.type = sa.Boolean()
            elif isinstance(column.type, sa.Float):
                column.type = sa.Double()


def rows(connection: sa.Connection, table: sa.Table, kind: Kind) -> Iterator[bytes]:
    """Each as a line, in the order of the primary key."""
    dialect = connection.dialect.name
    out = contents.left_out_columns(table.name, kind)
    columns = sorted((one for one in table.columns if one.name not in out), key=lambda one: one.name)
    codecs = [values.codec_of(column) for column in columns]
    encoders = [(column.name, codec.encode) for column, codec in zip(columns, codecs, strict=True)]
    query = sa.select(*(codec.selected(one, dialect) for one, codec in zip(columns, codecs, strict=True)))
    query = query.order_by(*(_in_order(column, dialect) for column in table.primary_key))
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield values.dumped(
            {
                name: encode(value)
                for (name, encode), value in zip(encoders, row, strict=True)
                if value is not None
            }
        )


def _in_order(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    """By the bytes of a text, whatever language a server sorts in."""
    is_text = isinstance(column.type, sa.String)
    return sa.collate(column, "C") if is_text and dialect == "postgresql" else column


def sums(connection: sa.Connection, kind: Kind) -> Iterator[Part]:
    """What an archive would say of the tables."""
    for name, table in reflected(connection, kind).items():
        digest, count, size = hashlib.sha256(), 0, 0
        for line in rows(connection, table, kind):
            digest.update(line)
            count, size = count + 1, size + len(line)
        yield Part(f"tables/{name}.jsonl", size, digest.hexdigest(), count)


def load(connection: sa.Connection, table: sa.Table, part: Part, lines: Iterable[bytes]) -> None:
    """Writes the rows of a part. Raises ArchiveError, and whatever the database has against them."""
    codecs = {column.name: values.codec_of(column) for column in table.columns}
    made = contents.LEFT_OUT_COLUMNS.get(table.name, {})
    blank = dict.fromkeys(codecs) | {name: value for name, value in made.items() if name in codecs}
    batch: list[dict[str, Any]] = []
    size = count = 0
    for number, (line, found) in enumerate(lines_of(part, lines), 1):
        batch.append(blank | _decoded(part, number, found, codecs))
        size, count = size + len(line), number
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            _insert(connection, table, batch)
            batch, size = [], 0
    _insert(connection, table, batch)
    if count != part.rows:
        raise ArchiveError(f"The archive is damaged: {part.name} has {count} rows instead of {part.rows}.")


def _decoded(
    part: Part, number: int, found: dict[str, Any], codecs: dict[str, values.Codec]
) -> dict[str, Any]:
    try:
        if part.name in FILED and not KEY.fullmatch(found["key"]):
            raise ValueError("it would lead out of the folder of uploads")
        return {
            name: sa.JSON.NULL if value is None else codecs[name].decode(value)
            for name, value in found.items()
        }
    except (ValueError, TypeError, KeyError, OverflowError):
        raise ArchiveError(
            f"The archive is damaged: line {number} of {part.name} does not fit into the table."
        ) from None


def _insert(connection: sa.Connection, table: sa.Table, batch: list[dict[str, Any]]) -> None:
    if batch:
        connection.execute(sa.insert(table), batch)
