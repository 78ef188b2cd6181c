"""Whether a restored site is what its archive says, and answers."""

import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from broadsheet.config import PREFIX, ROOT, Settings

if TYPE_CHECKING:
    from broadsheet.transfer.archive import Archive, Part

PATIENCE = 60  # seconds for the start
ANSWER = 30  # seconds for one answer


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a path, and the part of the archive that it is to be, if it is one."""

    path: str
    part: "Part | None" = None


def tried(archive: "Archive", settings: Settings) -> Iterator[str]:
    """A line for each thing that was looked at. Raises click.ClickException."""
    yield compared(archive, settings)
    # A theme is code: of an archive that came from elsewhere none may run here.
    shutil.rmtree(settings.instance / "themes", ignore_errors=True)
    wanted = addresses(archive, settings)
    if not wanted:
        yield "Not started: nobody manages this site yet, so it would answer with its set-up."
        return
    with served(settings) as port:
        for one in wanted:
            ask(port, one)
    yield f"Answers: {', '.join(one.path for one in wanted)}"


def compared(archive: "Archive", settings: Settings) -> str:
    """The restored rows and files with the manifest."""
    import sqlalchemy as sa

    from broadsheet.transfer.archive import tables
    from broadsheet.transfer.archive.saving import snapshot

    found = archive.manifest
    for part in found.files:
        if (path := place_of(part, settings.instance)) and digest(path) != part.sha256:
            raise click.ClickException(f"{part.name} is not the same after it was restored.")
    engine = sa.create_engine(settings.database, poolclass=sa.NullPool)
    try:
        with snapshot(engine) as connection:
            revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            if revision != found.revision:
                return f"Restored, and migrated from revision {found.revision} to {revision}."
            there = {part.name: part for part in tables.sums(connection, found.kind)}
    finally:
        engine.dispose()
    for part in found.tables.values():
        if there.get(part.name) != part:
            raise click.ClickException(f"{part.name} is not the same after it was restored.")
    return "Restored: every row and every file is the same."


def place_of(part: "Part", instance: Path) -> Path | None:
    from broadsheet.transfer.archive.contents import FILES, FORMER

    if part.name.startswith(FILES):
        return None  # those of this machine count
    if part.name.startswith(FORMER):
        return instance / "uploads" / ".former" / part.name.removeprefix(FORMER)
    return instance / part.name


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def addresses(archive: "Archive", settings: Settings) -> list[Wanted]:
    """Some of each kind; none of a site that nobody has set up."""
    from broadsheet import create_app
    from broadsheet.database import reading
    from broadsheet.extensions import db
    from broadsheet.models import Post, User
    from broadsheet.models.upload import Upload

    parts = {part.name: part for part in archive.manifest.files}
    with create_app(settings).app_context(), reading():
        try:
            if not User.admin_exists():
                return []
            wanted = [Wanted("/"), Wanted("/feed.atom")]
            newest = Post.published().order_by(Post.published_at.desc()).limit(1)
            if post := db.session.scalar(newest):
                wanted.append(Wanted(post.path))
            for upload in db.session.scalars(Upload.newest_first().limit(20)):
                if part := parts.get(f"uploads/{upload.key}"):
                    wanted.append(Wanted(upload.path, part))
                    break
            return wanted
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """The site, started as its owner would; the port on which it listens."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environ |= {"BROADSHEET_NO_SETUP": "on", "BROADSHEET_INSTANCE": str(settings.instance)}
    environ |= {"BROADSHEET_WORK": "off", "BROADSHEET_CHECK_LINKS": "off"}
    command = [sys.executable, str(ROOT / "manage.py"), "run", "--port", str(port), "--workers", "1"]
    log = settings.instance / "verify.log"
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603  ourselves
            command, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            wait_for(process, port, log)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if answer(port, "/health/ready")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise click.ClickException(
        f"The restored site does not start: {lines[-1] if lines else 'it says nothing'}"
    )


def ask(port: int, wanted: Wanted) -> None:
    status, found = answer(port, wanted.path)
    if status != 200:
        raise click.ClickException(f"The restored site answers {status} to {wanted.path}.")
    if wanted.part and found != wanted.part.sha256:
        raise click.ClickException(f"{wanted.path} is not the file that the archive has.")


def answer(port: int, path: str) -> tuple[int, str]:
    """The status, and the SHA-256 of what was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER)
    try:
        connection.request("GET", quote(path), headers={"Accept-Encoding": "identity"})
        response = connection.getresponse()
        return response.status, hashlib.file_digest(response, "sha256").hexdigest()
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
