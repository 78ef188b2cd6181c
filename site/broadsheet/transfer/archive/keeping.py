"""The folder of backups: what they are called, how old the newest is, and which are kept."""

import re
from datetime import UTC, datetime
from pathlib import Path

FOLDER = "backups"  # in the instance folder
NAME = re.compile(r"broadsheet-(\d{8}T\d{6})Z(-\d+)?\.zip(\.age)?")
STAMP = "%Y%m%dT%H%M%S"


def new_name(now: datetime, *, prefix: str = "broadsheet", encrypted: bool = False) -> str:
    return f"{prefix}-{now.astimezone(UTC):{STAMP}}Z.zip{'.age' if encrypted else ''}"


def made(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups in a folder that were named by `new_name`, the newest first."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else []:
        if (match := NAME.fullmatch(path.name)) and path.is_file():
            try:
                at = datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
            except ValueError:
                continue
            found.append((at, path))
    return sorted(found, reverse=True)


def drop_all_but(folder: Path, newest: int) -> list[Path]:
    """Deletes the older ones; which. Raises OSError."""
    old = [path for _at, path in made(folder)[newest:]]
    for path in old:
        path.unlink(missing_ok=True)
    return old
