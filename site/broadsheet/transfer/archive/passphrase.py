"""age's encryption with a passphrase (age-encryption.org/v1, recipient type scrypt), as a stream.

pyrage has it only whole in memory. The format is a frozen one of a page; the ciphers are cryptography's. What
is written here pyrage and `age` read, and the other way round, see the tests.
"""

import hmac
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from broadsheet.lib import passwords
from broadsheet.lib.lazy import lazily
from broadsheet.transfer.archive.manifest import ArchiveError

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers import aead
    from cryptography.hazmat.primitives.kdf import hkdf, scrypt
else:
    exceptions = lazily("cryptography.exceptions")
    hashes = lazily("cryptography.hazmat.primitives.hashes")
    aead = lazily("cryptography.hazmat.primitives.ciphers.aead")
    hkdf = lazily("cryptography.hazmat.primitives.kdf.hkdf")
    scrypt = lazily("cryptography.hazmat.primitives.kdf.scrypt")

SHORTEST, LONGEST = 12, 1000  # characters: whoever has the file may try as often as they like
WORK = 17  # as OWASP has it (2¹⁷, r 8, p 1): 128 MB of memory for a moment
MOST_WORK = 21  # 2 GB; `age` itself writes 18, others up to 20
CHUNK, TAG = 64 * 1024, 16
LABEL = b"age-encryption.org/v1/scrypt"
HEADER = re.compile(
    rb"(age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n---)"
    rb" ([A-Za-z0-9+/]{43})\n"
)
LONGEST_HEADER = 200


class Wrong(Exception):
    """It is another passphrase, or the file is not what it was. The message is part of a sentence."""


def from_file(path: Path) -> str:
    """The first line of a file. Raises ArchiveError, OSError."""
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        found = file.readline(LONGEST + 2).rstrip("\r\n")
    if not found:
        raise ArchiveError(f"{path} holds no passphrase in its first line.")
    return found


def require_good(passphrase: str) -> None:
    """Of one with which something is to be encrypted. Raises ArchiveError."""
    if not SHORTEST <= len(passphrase) <= LONGEST:
        raise ArchiveError(f"A passphrase has {SHORTEST} to {LONGEST} characters: take four words or more.")
    if passwords.is_common(passphrase) or passwords.is_about(passphrase):
        raise ArchiveError("This passphrase is one that is tried first. Take words that nobody expects.")


def is_meant(head: bytes) -> bool:
    """Whether a file that begins so is encrypted with a passphrase."""
    return b"\n-> scrypt " in head


# -- writing


class _Chunks:
    """What is written into it goes into the file in chunks, each sealed; the last one says that it is."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self._file, self._cipher = file, aead.ChaCha20Poly1305(key)
        self._number, self._waiting = 0, bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # a full one may be the last
            self._seal(CHUNK, is_last=False)
        return len(data)

    def flush(self) -> None:
        """Nothing goes before its chunk is full."""

    def finish(self) -> None:
        self._seal(CHUNK, is_last=True)

    def _seal(self, size: int, *, is_last: bool) -> None:
        chunk = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), chunk, None))
        self._number += 1


@contextmanager
def enciphering(file: IO[bytes], passphrase: str) -> Iterator[_Chunks]:
    """What is written into it is encrypted into `file`."""
    secret, salt = os.urandom(16), os.urandom(16)
    wrapped = aead.ChaCha20Poly1305(_wrapping(passphrase, salt, WORK)).encrypt(bytes(12), secret, None)
    head = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_encoded(salt), WORK, _encoded(wrapped))
    nonce = os.urandom(16)
    file.write(b"%s %s\n%s" % (head, _encoded(_sum(secret, head)), nonce))
    chunks = _Chunks(file, _derived(secret, nonce, b"payload"))
    yield chunks
    chunks.finish()


# -- reading


def decipher(file: IO[bytes], plain: IO[bytes], passphrase: str) -> None:
    """Raises Wrong."""
    found = HEADER.match(file.read(LONGEST_HEADER))
    if not found:
        raise Wrong("its head is not as it must be")
    head, salt, work, wrapped, told = found.groups()
    if int(work) > MOST_WORK:
        raise Wrong(f"its passphrase was made dearer than this machine is asked to pay (2^{int(work)})")
    key = _wrapping(passphrase, _decoded(salt), int(work))
    try:
        secret = aead.ChaCha20Poly1305(key).decrypt(bytes(12), _decoded(wrapped), None)
    except exceptions.InvalidTag:
        raise Wrong("this is not its passphrase") from None
    if not hmac.compare_digest(_sum(secret, head), _decoded(told)):
        raise Wrong("its head is not what it was")
    file.seek(found.end())
    nonce = file.read(16)
    _open_chunks(file, plain, _derived(secret, nonce, b"payload"))


def _open_chunks(file: IO[bytes], plain: IO[bytes], key: bytes) -> None:
    cipher, number = aead.ChaCha20Poly1305(key), 0
    sealed = file.read(CHUNK + TAG)
    while True:
        following = file.read(CHUNK + TAG)
        try:
            chunk = cipher.decrypt(_nonce(number, not following), sealed, None)
        except (exceptions.InvalidTag, ValueError):
            raise Wrong("it is cut short, or not what it was") from None
        if not chunk and number:
            raise Wrong("it goes on after its end")
        plain.write(chunk)
        if not following:
            return
        sealed, number = following, number + 1


def _wrapping(passphrase: str, salt: bytes, work: int) -> bytes:
    words = passphrase.encode("utf-8", "surrogateescape")
    return scrypt.Scrypt(salt=LABEL + salt, length=32, n=1 << work, r=8, p=1).derive(words)


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=purpose).derive(secret)


def _sum(secret: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(secret, b"", b"header"), head, "sha256")


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _encoded(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    data = b64decode(text + b"=" * (-len(text) % 4))
    if _encoded(data) != text:
        raise Wrong("its head is not as it must be")
    return data
