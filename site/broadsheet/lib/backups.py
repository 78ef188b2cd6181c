"""The folder of backups: what they are called, how old the newest is, and which are kept."""

import re
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

FOLDER = "backups"  # in the instance folder
NAME = re.compile(r"broadsheet-(\d{8}T\d{6})Z\.zip(\.age)?")
STAMP = "%Y%m%dT%H%M%S"
# What an upgrade or a restore has put aside: it goes with the disk, and is no backup.
ASIDE = "before-"
SENDING = ".sending-"  # what lies there only until it was sent
ABANDONED = timedelta(days=1)
SKEW = timedelta(hours=1)  # what is so far ahead of the clock was made while that was wrong


class Keep(NamedTuple):
    """How many stay: the newest one of each of so many days, weeks and months that have any."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 6


def opened(folder: Path) -> Path:
    """The folder, which is made if need be, for its owner alone. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def new_name(now: datetime, *, prefix: str = "broadsheet", encrypted: bool = False) -> str:
    return f"{prefix}-{now.astimezone(UTC):{STAMP}}Z.zip{'.age' if encrypted else ''}"


def made(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups in a folder that `new_name` has named, the newest first."""
    paths = folder.iterdir() if folder.is_dir() else []
    found = ((moment_of(path.name), path) for path in paths if path.is_file())
    return sorted(((at, path) for at, path in found if at), reverse=True)


def made_until(now: datetime, folder: Path) -> list[tuple[datetime, Path]]:
    """The same, but for what is ahead."""
    return [(at, path) for at, path in made(folder) if not is_ahead(at, now)]


def is_ahead(at: datetime, now: datetime) -> bool:
    """Whether it was made while a clock was wrong, or somebody else called it so: it counts for nothing, and
    nothing is done to it."""
    return at > now + SKEW


def moment_of(name: str) -> datetime | None:
    """When one was made, by what `new_name` calls it; None if that is no name of a backup."""
    match = NAME.fullmatch(name)
    try:
        return datetime.strptime(match[1], STAMP).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def newest(folder: Path) -> datetime | None:
    """When the newest was made, by its name; by when it came into the folder, where the name says nothing.
    Never later than now."""
    latest = datetime.now(UTC) + SKEW
    files = [
        one for one in (folder.iterdir() if folder.is_dir() else []) if one.is_file() and _is_one(one.name)
    ]
    # The name first: one that was copied has the time of its copy.
    made = (moment_of(one.name) or datetime.fromtimestamp(one.stat().st_mtime, UTC) for one in files)
    return max((at for at in made if at <= latest), default=None)


def old_after(*, daily: bool) -> timedelta:
    """The age at which somebody should be warned."""
    return timedelta(days=2 if daily else 8)


def _is_one(name: str) -> bool:
    return not name.startswith((".", ASIDE))


def drop_all_but(folder: Path, many: int, now: datetime) -> list[Path]:
    """Deletes all but the newest; which. Raises OSError."""
    return _drop(path for _at, path in made_until(now, folder)[many:])


def thin_out(folder: Path, keep: Keep, zone: ZoneInfo, now: datetime) -> list[Path]:
    """Deletes what the rule does not keep; which. Raises OSError."""
    found = made_until(now, folder)
    kept = kept_of([at for at, _path in found], keep, zone)
    return _drop(path for at, path in found if at not in kept)


def forget_drafts(folder: Path, now: datetime) -> None:
    """Throws away what somebody who was killed has begun. Raises OSError."""
    for path in (*folder.glob(".broadsheet-*.zip*"), *folder.glob(f"{SENDING}*")):
        if now.timestamp() - path.stat().st_mtime > ABANDONED.total_seconds():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def kept_of(moments: list[datetime], keep: Keep, zone: ZoneInfo) -> set[datetime]:
    """Those that the rule keeps; always the newest of all."""
    kept = set(sorted(moments)[-1:])
    spans: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (keep.daily, lambda at: at.date()),
        (keep.weekly, lambda at: at.isocalendar()[:2]),
        (keep.monthly, lambda at: (at.year, at.month)),
    )
    for many, span in spans:
        newest_of: dict[object, datetime] = {}
        for at in sorted(moments, reverse=True):
            newest_of.setdefault(span(at.astimezone(zone)), at)
        kept |= set(list(newest_of.values())[:many])
    return kept


def last_due(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """When a daily backup was due last."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    due = today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)
    return due.astimezone(UTC)


def _drop(paths: Iterable[Path]) -> list[Path]:
    dropped = list(paths)
    for path in dropped:
        path.unlink(missing_ok=True)
    return dropped
