"""A site with rows in every table, and values that databases keep in ways of their own."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

import newsroom
from broadsheet import media
from broadsheet.database import UTCDateTime
from broadsheet.extensions import db
from broadsheet.models import Post, Series, Setting, UploadAlias, User, Visit, Webhook
from pictures import picture

# Text that a careless encoding changes: quotes, line ends of every kind, signs beyond the first 65,536.
ODD = "Zoë’s “naïve” café \\ \"quoted\" 'single' \r\n \u2028 \u00a0 العربية 日本語 👩🏽‍🚀 %s :name {x} é"
MOMENT = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)  # on the second: no digits after it


def fill() -> None:
    newsroom.fill()
    ann = db.session.scalars(User.known_as("ann")).one()
    upload = media.store(io.BytesIO(picture()), "Red and blue.png", by=ann)
    upload.describe(ODD)
    replaced = media.store(io.BytesIO(b"%PDF-1.4\nof before\n%%EOF\n"), "paper.pdf", by=ann)
    post = Post()
    post.revise(
        by=ann,
        title=f"Odd: {ODD}",
        body=f"{ODD}\n\n{upload.markdown}\n\nfindable",
        authors=[ann],
        tags=[],
    )
    post.series, post.series_position = Series.named(["A series"])[0], 1
    post.publish()
    ann.avatar_id = upload.id
    db.session.flush()
    with media.received(io.BytesIO(b"%PDF-1.4\nof after\n%%EOF\n")) as file:
        replaced.replace(**media.put_in_place(media.prepare(file, "paper.pdf"), replaced.sort))
    for name, value in (
        ("odd_nothing", None),
        ("odd_text", ODD),
        ("odd_number", 1764450000.123456),
        ("odd_numbers", [0, -1, 2**53, 0.1, 1e-9, 5.0, True, None, {"b": 1, "a": [{}]}]),
    ):
        db.session.add(Setting(name=name, value=value))
    Webhook.create(name=ODD[:120], url="https://hooks.example/", events=["*"], by=ann).test()
    db.session.add(Visit(day=date(2024, 2, 29), path="/", referrer="", views=1, arrivals=1))
    db.session.commit()
    _put_aside(Path(current_app.instance_path) / "uploads")
    for table in db.metadata.sorted_tables:
        if db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0:
            db.session.execute(sa.insert(table), _row_of(table))
    db.session.commit()


def _put_aside(uploads: Path) -> None:
    key = db.session.scalars(sa.select(UploadAlias.key)).one()
    db.session.rollback()
    media.put_aside(key)
    assert (uploads / ".former" / key).is_file()


def _row_of(table: sa.Table) -> dict[str, Any]:
    """Something for each column; of references that may be empty only the first, as some exclude others."""
    row: dict[str, Any] = {}
    refers = False
    for column in table.columns:
        if column.foreign_keys:
            if not column.nullable or not refers:
                (reference,) = column.foreign_keys
                row[column.name] = db.session.scalar(sa.select(sa.func.min(reference.column)))
                refers = refers or column.nullable
        elif not (column.primary_key and table.autoincrement_column is column):
            row[column.name] = _value_of(column)
    return row


def _value_of(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.Enum):
        return kind.enums[0] if kind.enum_class is None else next(iter(kind.enum_class))
    if isinstance(kind, UTCDateTime):
        return MOMENT
    if isinstance(kind, sa.Date):
        return MOMENT.date()
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.Float):
        return 0.1
    if isinstance(kind, sa.JSON):
        return [ODD, 1.5, None]
    if isinstance(kind, sa.LargeBinary):
        return bytes(range(256))
    return ODD[: getattr(kind, "length", None)]
