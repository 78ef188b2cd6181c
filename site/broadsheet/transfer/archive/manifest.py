"""What an archive says of itself."""

import json
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Self

from broadsheet.transfer.archive.contents import FILES, FORMER, SECRET_KEY, SETTINGS, THEMES, UPLOADS, Kind

FORMAT = 1
NAME = "manifest.json"
LARGEST = 256 * 2**20  # bytes; a million uploads fit
TABLE = re.compile(r"tables/([a-z][a-z0-9_]{0,62})\.jsonl")
KEY = re.compile(r"[0-9a-f]{16}/[a-z0-9][a-z0-9._-]{0,200}")
SHA256 = re.compile(r"[0-9a-f]{64}")


class ArchiveError(Exception):
    """An archive cannot be made or used. The message is a sentence for whoever wanted to."""


@dataclass(frozen=True)
class Part:
    """One of its files."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None  # of a table

    @property
    def table(self) -> str | None:
        found = TABLE.fullmatch(self.name)
        return found[1] if found else None


@dataclass
class Manifest:
    release: str
    revision: str
    kind: Kind
    parts: list[Part]
    # Uploads whose row is here, and whose file was not there.
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def tables(self) -> dict[str, Part]:
        return {part.table: part for part in self.parts if part.table}

    @property
    def files(self) -> list[Part]:
        return [part for part in self.parts if not part.table]

    def under(self, folder: str) -> list[Part]:
        return [part for part in self.parts if part.name.startswith(folder)]

    @property
    def size(self) -> int:
        """Of all that is in it, in bytes."""
        return sum(part.bytes for part in self.parts)

    def as_json(self) -> bytes:
        about = {"format": self.format, "release": self.release, "revision": self.revision}
        lines = ",\n  ".join(_compact(_of_part(part)) for part in self.parts)
        head = _compact(about | {"kind": self.kind, "missing": self.missing})[:-1]
        return f'{head},"parts":[\n  {lines}\n]}}\n'.encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises ArchiveError."""
        try:
            found = json.loads(data)
            if found["format"] != FORMAT:
                raise _newer(found)
            manifest = cls(
                _text(found["release"]),
                _text(found["revision"]),
                Kind(found["kind"]),
                [_part(one) for one in found["parts"]],
                [_text(one) for one in found["missing"]],
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ArchiveError(f"The archive is damaged: its {NAME} cannot be read.") from None
        _look_at_names(manifest.parts)
        return manifest


def _newer(found: dict[str, Any]) -> ArchiveError:
    number = found["format"]
    if not isinstance(number, int) or isinstance(number, bool) or number < FORMAT:
        raise ValueError
    return ArchiveError(
        f"The archive has the format {number}, of a newer Broadsheet; this one reads {FORMAT}."
        " Bring the code up to date (git pull)."
    )


def _of_part(part: Part) -> dict[str, Any]:
    rows = {} if part.rows is None else {"rows": part.rows}
    return {"name": part.name, **rows, "bytes": part.bytes, "sha256": part.sha256}


def _part(found: dict[str, Any]) -> Part:
    part = Part(_text(found["name"]), _count(found["bytes"]), _text(found["sha256"]), found.get("rows"))
    if not SHA256.fullmatch(part.sha256):
        raise ValueError
    if part.table is not None:
        _count(part.rows)
    return part


def _look_at_names(parts: list[Part]) -> None:
    names = [part.name for part in parts]
    if len(set(names)) != len(names):
        raise ArchiveError("The archive is damaged: two of its parts have the same name.")
    for name in names:
        if not _is_ours(name):
            shown = name[:80].encode("ascii", "backslashreplace").decode()
            raise ArchiveError(f"The archive holds a file that no archive of Broadsheet has: {shown!r}.")


def _is_ours(name: str) -> bool:
    """Nothing that would be written elsewhere than where it belongs."""
    if TABLE.fullmatch(name) or name in (FILES + SECRET_KEY, FILES + SETTINGS):
        return True
    for folder in (UPLOADS, FORMER):
        if name.startswith(folder):
            return KEY.fullmatch(name.removeprefix(folder)) is not None
    return name.startswith(THEMES) and is_tame(name.removeprefix(THEMES))


def is_tame(path: str) -> bool:
    """A relative path that every system takes for the same, and that leads nowhere else."""
    parts = PurePosixPath(path).parts
    return (
        0 < len(path) <= 400
        and path == "/".join(parts)
        and path.isprintable()
        and not any(part in (".", "..", "/") or set(part) & set('\\:*?"<>|') for part in parts)
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError
    return value


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
