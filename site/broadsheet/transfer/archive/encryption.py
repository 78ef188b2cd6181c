"""Archives for the eyes of some: encrypted for keys of age (age-encryption.org/v1), as a stream."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from broadsheet.lib.lazy import lazily
from broadsheet.transfer.archive.manifest import ArchiveError

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = lazily("pyrage")

HEAD = b"age-encryption.org/v1\n"
ENDING = ".age"


def recipient(text: str) -> Any:
    """Whom `age1…` means. Raises ArchiveError."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise ArchiveError(f"{text} is no public key of age, as age1… is.") from None


def new_key(path: Path) -> str:
    """Writes a new secret key into a file, as age-keygen does; the public one. Raises OSError."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {public}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    return public


@contextmanager
def enciphering(file: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """What is written into it is encrypted into `file`, without ever lying on the disk as it is."""
    keys = [recipient(one) for one in recipients]
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(reading, "rb") as plain:
                pyrage.encrypt_io(plain, file, keys)
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=work, name="age", daemon=True)
    thread.start()
    try:
        with os.fdopen(writing, "wb") as plain:
            yield plain
    except BrokenPipeError:
        pass  # whoever reads has failed, and why is asked for below
    finally:
        thread.join()
    if failed:
        raise failed[0]


@contextmanager
def deciphered(path: Path, identity: Path | None, scratch: Path) -> Iterator[IO[bytes]]:
    """The archive as a file that can be read here and there. If it had to be made, nobody finds it after,
    not even when this process is killed. Raises ArchiveError, OSError."""
    with path.open("rb") as file:
        if file.read(len(HEAD)) != HEAD:
            yield file
            return
        if identity is None:
            raise ArchiveError(f"{path} is encrypted: name the file with the secret key, as --identity FILE.")
        keys = _keys(identity)
        file.seek(0)
        with tempfile.TemporaryFile(dir=scratch, prefix=".deciphered-") as plain:
            try:
                pyrage.decrypt_io(file, plain, keys)
            except pyrage.DecryptError as error:
                raise ArchiveError(f"{path} cannot be deciphered: {error}.") from None
            yield plain


def _keys(path: Path) -> list[Any]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        found = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in lines
            if line.strip() and not line.startswith("#")
        ]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise ArchiveError(f"{path} holds no secret key of age, as AGE-SECRET-KEY-1… is.")
    return found
