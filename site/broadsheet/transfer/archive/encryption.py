"""Archives for the eyes of some: encrypted for keys of age (age-encryption.org/v1) or with a passphrase, as a
stream."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Self, cast

from broadsheet.config import Settings
from broadsheet.lib.lazy import lazily
from broadsheet.transfer.archive import passphrase
from broadsheet.transfer.archive.manifest import ArchiveError

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = lazily("pyrage")

HEAD = b"age-encryption.org/v1\n"
SUFFIX = ".age"


@dataclass(frozen=True)
class Lock:
    """For whom an archive is encrypted: holders of keys, or whoever knows a passphrase; or it is not.

    Raises ArchiveError."""

    recipients: Sequence[str] = ()
    passphrase: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.recipients and self.passphrase:
            raise ArchiveError("An archive is encrypted for public keys or with a passphrase, not both.")
        for one in self.recipients:
            recipient(one)
        if self.passphrase:
            passphrase.require_good(self.passphrase)

    def __bool__(self) -> bool:
        return bool(self.recipients or self.passphrase)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings ask for backups. Raises ArchiveError, OSError."""
        file = settings.backup_passphrase_file
        return cls(settings.backup_recipients, passphrase.from_file(file) if file else "")

    @contextmanager
    def closing(self, file: IO[bytes]) -> Iterator[IO[bytes]]:
        """What is written into it is encrypted into `file`, without ever lying on the disk as it is."""
        if self.passphrase:
            with passphrase.enciphering(file, self.passphrase) as plain:
                yield cast(IO[bytes], plain)
        elif self.recipients:
            with enciphering(file, self.recipients) as plain:
                yield plain
        else:
            yield file


@dataclass(frozen=True)
class Keys:
    """What opens an encrypted archive: a file of secret keys; a passphrase, asked for when it is needed."""

    identity: Path | None = None
    passphrase: Callable[[], str] | None = None
    demanded: str = ""  # as the end of a sentence: why no archive is taken that is not encrypted


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
def deciphered(file: IO[bytes], name: str, keys: Keys, scratch: Path) -> Iterator[IO[bytes]]:
    """The archive as a file that can be read here and there. If it had to be made, nobody finds it after,
    not even when this process is killed. Raises ArchiveError, OSError."""
    head = file.read(len(HEAD) + 20)
    file.seek(0)
    if not head.startswith(HEAD):
        _require_no_encryption(name, keys)
        yield file
        return
    decipher = _by_passphrase(name, keys) if passphrase.is_meant(head) else _by_identity(name, keys)
    with tempfile.TemporaryFile(dir=scratch, prefix=".deciphered-") as plain:
        try:
            decipher(file, plain)
        except (pyrage.DecryptError, passphrase.Wrong) as error:
            raise ArchiveError(f"{name} cannot be deciphered: {error}.") from None
        yield plain


def _require_no_encryption(name: str, keys: Keys) -> None:
    """Whoever may write where an archive lies must not have one of theirs taken for it."""
    demanded = keys.demanded or ("though a secret key was named for it" if keys.identity else "")
    if name.endswith(SUFFIX):
        demanded = "though it is called so: somebody may have put it in the place of another"
    if demanded:
        raise ArchiveError(f"{name} is not encrypted, {demanded}.")


def _by_identity(name: str, keys: Keys) -> Callable[[IO[bytes], IO[bytes]], None]:
    if keys.identity is None:
        raise ArchiveError(f"{name} is encrypted: name the file with the secret key, as --identity FILE.")
    identities = _identities(keys.identity)
    return lambda file, plain: pyrage.decrypt_io(file, plain, identities)


def _by_passphrase(name: str, keys: Keys) -> Callable[[IO[bytes], IO[bytes]], None]:
    if keys.passphrase is None:
        raise ArchiveError(f"{name} is encrypted with a passphrase: give it, as --passphrase-file FILE.")
    words = keys.passphrase()
    return lambda file, plain: passphrase.decipher(file, plain, words)


def _identities(path: Path) -> list[Any]:
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
