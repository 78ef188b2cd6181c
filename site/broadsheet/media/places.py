"""Where the files of uploads lie: those that are shown, those coming in, those that were replaced."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from broadsheet.config import MEGABYTE
from broadsheet.extensions import db
from broadsheet.lib import renditions
from broadsheet.media.pictures import NotNow, Refused
from broadsheet.models import Upload

SPARE = 100 * MEGABYTE  # what the disk must have left for everything else
LEFTOVER = 24 * 3600  # seconds after which what nobody finished sending is thrown away


def folder() -> Path:
    """Where the files are; each lies under its upload's key."""
    return Path(current_app.instance_path) / "uploads"


def incoming() -> Path:
    """Where a file lies while it is being sent and looked at; on the disk on which it will stay."""
    return folder() / ".incoming"


def former() -> Path:
    """Where files lie that were replaced, for as long as that can be taken back."""
    return folder() / ".former"


def require_room(size: int = 0) -> None:
    """For so many bytes more before the disk is nearly full: the database needs some, too. Raises Refused."""
    if shutil.disk_usage(incoming()).free < size + SPARE:
        raise no_room()


def no_room() -> NotNow:
    return NotNow(_("The server has no room for the file, or may not write it. Nothing was kept."))


def path_of(upload: Upload) -> Path:
    return path(upload.key)


def path(key: str) -> Path:
    return folder() / key


def discard(key: str) -> None:
    """Deletes the files of a row that is gone, unless the same bytes were sent again meanwhile."""
    with db.engine.begin() as connection:
        if connection.scalar(select(Upload.id).where(Upload.key == key)) is None:
            remove(path(key))


def put_aside(key: str) -> None:
    """The files of a key that its row no longer has; `bring_back` is the opposite. Harmless if repeated."""
    with db.engine.begin() as connection:
        if connection.scalar(select(Upload.id).where(Upload.key == key)) is None and path(key).is_file():
            aside = former() / key
            aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path(key).replace(aside)
            remove(path(key))


def bring_back(key: str) -> None:
    """Raises Refused if the file is no longer there."""
    aside = former() / key
    if not aside.is_file():
        if path(key).is_file():
            return
        raise Refused(_("The file it had before is no longer kept."))
    path(key).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside.replace(path(key))
    with suppress(OSError):
        aside.parent.rmdir()


def forget_former(key: str) -> None:
    remove(former() / key)


def sweep(now: float | None = None) -> int:
    """Throws away what nobody finished sending; how many."""
    oldest = (now or time.time()) - LEFTOVER
    left = [one for one in incoming().glob("*") if one.stat().st_mtime < oldest]
    for one in left:
        if one.is_dir():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink(missing_ok=True)
    return len(left)


def remove(file: Path) -> None:
    """The file and its renditions, and their folder if nothing else is in it."""
    file.unlink(missing_ok=True)
    for beside in file.parent.glob(f"{file.stem}-*"):
        if (parsed := renditions.parsed(f"{file.parent.name}/{beside.name}")) and parsed[0].endswith(
            f"/{file.stem}"
        ):
            beside.unlink(missing_ok=True)
    if file.parent.is_dir() and not any(file.parent.iterdir()):
        file.parent.rmdir()
