"""Makes an archive of a live site, as it is at one moment, however much is written meanwhile."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from broadsheet.database import reading
from broadsheet.lib import durable
from broadsheet.lib.release import VERSION
from broadsheet.transfer.archive import contents, tables
from broadsheet.transfer.archive.contents import FILES, FORMER, THEMES, UPLOADS, Kind
from broadsheet.transfer.archive.encryption import Lock
from broadsheet.transfer.archive.manifest import KEY, ArchiveError, Manifest, is_tame
from broadsheet.transfer.archive.writing import Writer
from broadsheet.transfer.progress import Progress

OPEN = Lock()
ATTEMPTS = 20  # to see the database and the uploads at one moment


@dataclass(frozen=True)
class Source:
    """A site: its database, and the folder with its files."""

    engine: sa.Engine
    instance: Path
    kind: Kind = Kind.BACKUP
    with_files: bool = True

    @property
    def uploads(self) -> Path:
        return self.instance / "uploads"


@dataclass
class Saved:
    manifest: Manifest
    path: Path
    size: int


@dataclass
class _Moment:
    """A snapshot, and the files that belong to it, which nobody can take away."""

    connection: sa.Connection
    files: dict[str, Path] = field(default_factory=dict)  # by their names in the archive
    missing: list[str] = field(default_factory=list)


def save(
    source: Source,
    path: Path,
    *,
    lock: Lock = OPEN,
    progress: Progress = lambda done, total: None,
) -> Saved:
    """Writes the archive; it is whole, or not there at all. Raises ArchiveError, OSError."""
    if path.exists():
        raise ArchiveError(f"{path} is there already; nothing was written.")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file, lock.closing(file) as plain:
            found = _write(source, plain, progress)
        durable.move(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return Saved(found, path, path.stat().st_size)


def _write(source: Source, file: IO[bytes], progress: Progress) -> Manifest:
    writer = Writer(file)
    try:
        with _moment(source) as moment:
            manifest = _write_parts(source.kind, moment, writer, progress)
        writer.finish(manifest)
    except BaseException:
        writer.give_up()
        raise
    return manifest


def _write_parts(kind: Kind, moment: _Moment, writer: Writer, progress: Progress) -> Manifest:
    connection = moment.connection
    found = tables.reflected(connection, kind)
    total = len(found) + len(moment.files)
    for name, table in found.items():
        writer.add_lines(f"tables/{name}.jsonl", tables.rows(connection, table, kind))
        progress(len(writer.parts), total)
    for name, path in sorted(moment.files.items()):
        try:
            writer.add_file(name, path)
        except FileNotFoundError:  # where nothing can be linked to, it may have gone meanwhile
            moment.missing.append(name)
        progress(len(writer.parts), total)
    revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return Manifest(VERSION, str(revision), kind, writer.parts, sorted(moment.missing))


@contextmanager
def _moment(source: Source) -> Iterator[_Moment]:
    """Files are linked to before they are read: a purge meanwhile takes nothing away from them. One that
    purges in the moment between makes it begin anew; what lacks its file twice really does."""
    aside = source.uploads / ".incoming" / f"backup-{secrets.token_hex(8)}"
    lacking: list[str] | None = None
    try:
        for attempt in range(ATTEMPTS):
            with snapshot(source.engine) as connection:
                moment = _Moment(connection)
                if not source.with_files:
                    yield moment
                    return
                _hold_uploads(source, moment, aside / str(attempt))
                if not moment.missing or moment.missing == lacking:
                    _name_others(source, moment)
                    yield moment
                    return
                lacking = moment.missing
            shutil.rmtree(aside, ignore_errors=True)
        raise ArchiveError("Files of uploads go while the backup looks at them; try again later.")
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that reads, and sees nothing of what is written after its first question."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    if engine.dialect.name == "sqlite":
        options = {}
    with reading(), engine.connect().execution_options(**options) as connection:
        question = sa.text("SELECT version_num FROM alembic_version")
        connection.execute(question)
        if engine.dialect.name == "sqlite" and not connection.connection.in_transaction:
            # The driver itself begins none in order to read, see database.py.
            connection.exec_driver_sql("BEGIN")
            connection.execute(question)
        yield connection


def _hold_uploads(source: Source, moment: _Moment, aside: Path) -> None:
    for name, folder, lying in (
        ("uploads", UPLOADS, source.uploads),
        ("upload_aliases", FORMER, source.uploads / ".former"),
    ):
        if not sa.inspect(moment.connection).has_table(name):
            continue
        table = sa.table(name, sa.column("id", sa.Integer), sa.column("key", sa.String))
        for key in moment.connection.scalars(sa.select(table.c.key).order_by(table.c.id)).all():
            held = _held(lying / key, aside / folder / key) if KEY.fullmatch(key) else None
            if held:
                moment.files[folder + key] = held
            elif folder == UPLOADS:
                moment.missing.append(folder + key)


def _held(path: Path, link: Path) -> Path | None:
    """The file under another name; itself on a disk that knows no such thing. None if it is not there."""
    try:
        link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.link(path, link)
    except FileNotFoundError:
        return None
    except OSError:
        return path if path.is_file() else None
    return link


def _name_others(source: Source, moment: _Moment) -> None:
    """What belongs to the site and is neither in the database nor uploaded."""
    themes = source.instance / "themes"
    for path in sorted(themes.rglob("*")) if themes.is_dir() else []:
        name = path.relative_to(themes).as_posix()
        if path.is_file() and not path.is_symlink() and is_tame(name):
            moment.files[THEMES + name] = path
    if source.kind is Kind.BACKUP:
        for name in (contents.SECRET_KEY, contents.SETTINGS):
            if (path := source.instance / name).is_file():
                moment.files[FILES + name] = path
