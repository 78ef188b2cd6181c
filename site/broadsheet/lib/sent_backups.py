"""What lay where backups are sent, when it was looked at last: for pages, which ask no other machine."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from broadsheet.lib import backups, durable

FILE = "backups-sent.json"  # in the instance folder


@dataclass(frozen=True)
class Standing:
    address: str
    looked_at: datetime
    newest: datetime | None  # none: nothing was there

    @classmethod
    def seen(cls, address: str, names: dict[str, int], now: datetime) -> Self:
        """`names` are those that count."""
        return cls(address, now, max(filter(None, map(backups.moment_of, names)), default=None))

    @classmethod
    def of(cls, instance: Path, address: str) -> Self | None:
        """None if that address was never looked at."""
        try:
            found = json.loads((instance / FILE).read_bytes())
            newest = datetime.fromisoformat(found["newest"]) if found["newest"] else None
            standing = cls(found["address"], datetime.fromisoformat(found["looked_at"]), newest)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return standing if standing.address == address else None

    def write(self, instance: Path) -> None:
        """Raises OSError."""
        newest = self.newest.isoformat() if self.newest else None
        told = {"address": self.address, "looked_at": self.looked_at.isoformat(), "newest": newest}
        durable.write(instance / FILE, json.dumps(told).encode())
