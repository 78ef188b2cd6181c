"""The database, the words that are searched, and the files of uploads."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, func, null, select, text, type_coerce, update
from sqlalchemy.exc import DatabaseError

from broadsheet.config import Settings
from broadsheet.database import reading, writing
from broadsheet.doctor import facts
from broadsheet.doctor.finding import Finding, bad, good, megabytes, noted, some
from broadsheet.doctor.mariadb import problems_of_mariadb
from broadsheet.extensions import db
from broadsheet.lib import renditions
from broadsheet.lib.searching import plain_text
from broadsheet.media import folder, places
from broadsheet.models import Post, SearchText, Upload
from broadsheet.models.search_text import write

AT_ONCE = 500  # posts
FRESH = 3600  # seconds: a file that is as new may be on its way to its row
RESTORE = "Put a backup in its place: python3 manage.py restore FILE"
MEND = "python3 manage.py doctor --mend"
INDEXES = ("search_words", "search_titles")  # of SQLite, made by migrations 0003 and 0005


def database(settings: Settings) -> Iterator[Finding]:
    file = settings.database_file
    with reading():
        problems = PROBLEMS.get(db.engine.dialect.name, list)()
        db.session.rollback()
    if problems and not file:
        yield bad("Database", f"{some(problems)}", f"See docs/guide/admins.md, MariaDB. {RESTORE}")
        return
    if problems:
        yield bad("Database", f"it is damaged: {some(problems)}", f"Keep a copy of the file. {RESTORE}")
        return
    with reading():
        unreadable = _unreadable_values() if db.engine.dialect.name == "sqlite" else []
        db.session.rollback()
    if unreadable:
        yield bad(
            "Database",
            f"values that cannot be read: {some(unreadable)}",
            f"Save what they belong to once more at the desk. Else: {RESTORE}",
        )
    with reading():
        size = facts.database_size()
        db.session.rollback()
    kind = facts.database_name()
    yield good("Database", f"{kind}, {megabytes(size)}: whole" if size is not None else f"{kind}: whole")


def _problems_of_sqlite() -> list[str]:
    """Sources: sqlite.org/pragma.html, integrity_check and foreign_key_check."""
    connection = db.session.connection()
    found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(5)"))]
    problems = [] if found == ["ok"] else found
    for table, row, parent, _number in connection.execute(text("PRAGMA foreign_key_check")):
        problems.append(f"row {row} of {table} belongs to a row of {parent} that is not there")
    return problems


def _unreadable_values() -> list[str]:
    """Of the columns of JSON, into which SQLite takes any text."""
    connection = db.session.connection()
    found = []
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                (key, *_) = table.primary_key.columns
                damaged = select(key).where(
                    column.is_not(null()), func.json_valid(type_coerce(column, Text)) == 0
                )
                found += [
                    f"{column.name} of {table.name} {id}" for id in connection.scalars(damaged.limit(10))
                ]
    return found


PROBLEMS = {"sqlite": _problems_of_sqlite, "mariadb": problems_of_mariadb}


def search(settings: Settings) -> Iterator[Finding]:
    missing = _posts_without_words()
    broken = _broken_indexes()
    if missing or broken:
        words = [f"posts that are not in the index: {missing}"] if missing else []
        words += [f"the index {name} does not agree with the texts" for name in broken]
        yield bad("Search", "; ".join(words), MEND)
    else:
        yield good("Search", "all posts are found")


def _posts_without_words() -> int:
    with reading():
        count = db.session.scalar(select(func.count(Post.id)).where(_has_no_words())) or 0
        db.session.rollback()
    return count


def _has_no_words() -> ColumnElement[bool]:
    return ~select(SearchText.place).where(SearchText.post_id == Post.id).exists()


def _broken_indexes() -> list[str]:
    """Source: sqlite.org/fts5.html, section 6.4: the check is written like a row, and writes nothing."""
    if db.engine.dialect.name != "sqlite":
        return []
    broken = []
    for name in INDEXES:
        with writing():
            try:
                db.session.execute(text(f"INSERT INTO {name}({name}) VALUES('integrity-check')"))
                indexed = db.session.scalar(text(f"SELECT count(*) FROM {name}_docsize"))  # noqa: S608  our names
                if indexed != db.session.scalar(select(func.count()).where(SearchText.shown)):
                    broken.append(name)
            except DatabaseError as error:
                if "malformed" not in str(error):
                    raise
                broken.append(name)
            finally:
                db.session.rollback()
    return broken


def mend_search() -> int:
    """Writes what is missing, and the indexes anew; how many posts are searched."""
    with writing():
        missing = list(db.session.scalars(select(Post.id).where(_has_no_words())))
        for start in range(0, len(missing), AT_ONCE):
            slice_ = missing[start : start + AT_ONCE]
            # The triggers write the row of a post whose title was written, whatever it was before.
            db.session.execute(update(Post).where(Post.id.in_(slice_)).values(title=Post.title))
            html = db.session.execute(select(Post.id, Post.html).where(Post.id.in_(slice_)))
            write(db.session.connection(), {row.id: plain_text(row.html) for row in html})
            db.session.commit()
        for name in INDEXES if db.engine.dialect.name == "sqlite" else ():
            _index_anew(name)
        return db.session.scalar(select(func.count()).where(SearchText.shown)) or 0


def _index_anew(name: str) -> None:
    """As migration 0005 fills it: not by `rebuild`, which would take in drafts."""
    connection = db.session.connection()
    columns = ", ".join(str(row[1]) for row in connection.execute(text(f"PRAGMA table_info({name})")))
    connection.execute(text(f"INSERT INTO {name}({name}) VALUES('delete-all')"))
    connection.execute(
        text(f"INSERT INTO {name} (rowid, {columns}) SELECT place, {columns} FROM search_folded WHERE shown")  # noqa: S608
    )
    db.session.commit()


def uploads(settings: Settings) -> Iterator[Finding]:
    rows = _sizes_by_key()
    lost = sorted(key for key in rows if not places.path(key).is_file())
    cut = sorted(
        key for key, size in rows.items() if key not in lost and places.path(key).stat().st_size != size
    )
    without_row = orphans(rows)
    if lost or cut:
        yield bad(
            "Uploads",
            "; ".join(
                f"{len(keys)} {what}: {some(keys)}"
                for keys, what in ((lost, "have no file"), (cut, "have another size than their row says"))
                if keys
            ),
            f"Take the files from a backup into {folder()}, or delete them in the desk under Media.",
        )
    if without_row:
        size = sum(one.stat().st_size for one in without_row)
        yield noted("Uploads", f"files that nothing knows: {len(without_row)}, {megabytes(size)}", MEND)
    if not (lost or cut or without_row):
        yield good("Uploads", f"{len(rows)} rows, and their files")


def _sizes_by_key() -> dict[str, int]:
    with reading():
        sizes = {row.key: row.size for row in db.session.execute(select(Upload.key, Upload.size))}
        db.session.rollback()
    return sizes


def orphans(rows: dict[str, Any]) -> list[Path]:
    """Files that no row knows, as a crash between the file and its row may leave them; none that is new."""
    root, oldest = folder(), time.time() - FRESH
    stems = {key.rpartition(".")[0] for key in rows}
    found = []
    for file in root.glob("*/*"):
        key = f"{file.parent.name}/{file.name}"
        if file.parent.name.startswith(".") or not file.is_file() or file.stat().st_mtime > oldest:
            continue
        parsed = renditions.parsed(key)  # a size lies beside its picture
        if key not in rows and (parsed is None or parsed[0] not in stems):
            found.append(file)
    return sorted(found)


def mend_uploads() -> tuple[int, Path]:
    """Takes what nothing knows out of the way, and where to: it may be of a database that was put back."""
    aside = folder() / ".orphaned"
    rows = _sizes_by_key()
    found = orphans(rows)
    for file in found:
        (aside / file.parent.name).mkdir(mode=0o700, parents=True, exist_ok=True)
        file.replace(aside / file.parent.name / file.name)
        if not any(file.parent.iterdir()):
            file.parent.rmdir()
    return len(found), aside
