"""What every table shares."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Enum, and_, bindparam, or_, true
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.database import Base, UTCDateTime
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

__all__ = [
    "NOW",
    "Created",
    "Identified",
    "Model",
    "UTCDateTime",
    "db",
    "each_word_in",
    "mysql",
    "one_of",
    "postgresql",
]

# A site with another database does not load what only PostgreSQL has: 3 MB a process; or what MariaDB has.
postgresql: Any = lazily("sqlalchemy.dialects.postgresql")
mysql: Any = lazily("sqlalchemy.dialects.mysql")

# The present moment, in a condition: asked for when a statement is executed, so that statements can be kept.
NOW = bindparam("now", type_=UTCDateTime, callable_=lambda: clock.now())


class Identified:
    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)


class Created:
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, sort_order=90)


def one_of(choices: type[StrEnum]) -> Enum:
    """The type of a column that holds one of these, as text that every database compares alike."""
    return Enum(
        choices, native_enum=False, length=20, values_callable=lambda all_: [one.value for one in all_]
    )


def each_word_in(words: str, *columns: Any) -> ColumnElement[bool]:
    """Whether each of the words stands in one of the columns, in any case; true of no words."""
    found = (or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words.split())
    return and_(true(), *found)
