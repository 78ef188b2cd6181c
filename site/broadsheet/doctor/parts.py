"""A part of the site (`run --only`), and what it shares with the others."""

from collections.abc import Iterator

from broadsheet.config import PREFIX, Settings
from broadsheet.doctor.finding import Finding, bad, good, noted
from broadsheet.lib import machine
from broadsheet.media import folder

# File systems of other machines (mount(8)), by what their names begin with.
OF_NETWORK = ("nfs", "cifs", "smb", "afs", "ceph", "gluster", "lustre", "fuse.")
GUIDE = "docs/guide/admins.md, Parts, says what machines share."


def shared(settings: Settings) -> Iterator[Finding]:
    file = settings.database_file
    if file and is_of_network(kind := machine.file_system(file)):
        yield bad(
            "Database",
            f"{file} lies on {kind}, where SQLite loses what several machines write (sqlite.org/wal.html)",
            "Keep it on a disk of this machine; for several machines take PostgreSQL or MariaDB.",
        )
    if not settings.only:
        return
    if file:
        yield good("Part", f"{settings.only}; with SQLite all parts are on this machine")
        return
    yield good("Part", settings.only)
    if not settings.secret_key:
        yield noted(
            "Part",
            f"the secret key is in {settings.instance}: parts elsewhere know nobody who has signed in",
            f"Set {PREFIX}SECRET_KEY to the same for all of them. {GUIDE}",
        )
    if not settings.redis_url:
        yield noted(
            "Part",
            "redis_url is not set: each machine counts for itself how often something is tried",
            f"Set {PREFIX}REDIS_URL to the same for all of them. {GUIDE}",
        )
    if (kind := machine.file_system(folder())) and not is_of_network(kind):
        yield noted(
            "Part",
            f"uploads lie on a disk of this machine ({kind}): parts elsewhere have no pictures",
            f"Mount a folder there that all machines share. {GUIDE}",
        )


def is_of_network(kind: str) -> bool:
    return kind.startswith(OF_NETWORK)
