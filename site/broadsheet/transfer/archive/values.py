"""The values of rows as JSON, alike whatever database they come from.

What is empty (NULL) is left out of its row: `null` is JSON's own, in a column that holds JSON.
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa


class Codec(NamedTuple):
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]  # raises ValueError or TypeError
    selected: Callable[[sa.Column[Any], str], sa.ColumnElement[Any]]


def _as_it_is(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    return column


def _source_of_json(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    # SQLite keeps a JSON number as a number, which as text would be rounded; MariaDB keeps the text.
    return (
        sa.cast(column, sa.Text) if dialect == "postgresql" else sa.type_coerce(column, sa.types.NullType())
    )


def _is(*kinds: type) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise TypeError
        return value

    return checked


def _text(value: Any) -> str:
    text = str(_is(str)(value))
    text.encode()  # half a character of UTF-16 is none
    return text


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(_is(str)(value))
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC).replace(tzinfo=None)


def _from_json(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str | bytes) else stored


AS_TEXT = Codec(str, _text, _as_it_is)
# By the type as the database names it; the first that fits.
CODECS: tuple[tuple[type[Any], Codec], ...] = (
    (sa.JSON, Codec(_from_json, lambda value: value, _source_of_json)),
    (sa.Boolean, Codec(bool, _is(bool), _as_it_is)),
    (sa.DateTime, Codec(lambda at: at.isoformat(timespec="microseconds") + "Z", _moment, _as_it_is)),
    (sa.Date, Codec(date.isoformat, lambda value: date.fromisoformat(_is(str)(value)), _as_it_is)),
    (sa.Integer, Codec(int, _is(int), _as_it_is)),
    (sa.Float, Codec(float, lambda value: float(_is(int, float)(value)), _as_it_is)),
    (
        sa.LargeBinary,
        Codec(
            lambda value: base64.b64encode(value).decode(),
            lambda value: base64.b64decode(_is(str)(value), validate=True),
            _as_it_is,
        ),
    ),
    (sa.String, AS_TEXT),
)


def codec_of(column: sa.Column[Any]) -> Codec:
    """Raises TypeError for a type that no archive knows yet."""
    for kind, codec in CODECS:
        if isinstance(column.type, kind):
            return codec
    raise TypeError(f"{column} has the type {column.type!r}, which archives do not know")


def dumped(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"
