"""Whose a folder in storage is: who sends there deletes there by its own rule, so it is one site's alone."""

from broadsheet.transfer.archive.bucket import Bucket, StorageError

NAME = "broadsheet-site.txt"  # its first line is the identity of the site whose backups lie beside it
LONGEST = 100  # bytes of that line


def is_claimed(bucket: Bucket, names: dict[str, int], identity: str) -> bool:
    """Whether it is said to be this site's; False if it is said to be nobody's. Raises StorageError."""
    if NAME not in names:
        return False
    if bucket.read(NAME, LONGEST).partition(b"\n")[0].strip() != identity.encode():
        raise StorageError(
            f"{bucket.address} is where another site sends its backups: its {NAME} says so."
            " Each needs a folder of its own."
        )
    return True


def claim(bucket: Bucket, identity: str) -> None:
    """Looks again, as another may have done the same at this moment. Raises StorageError."""
    bucket.write(
        NAME, f"{identity}\nBackups of this site lie here. No other sends to this folder.\n".encode()
    )
    is_claimed(bucket, {NAME: 1}, identity)
