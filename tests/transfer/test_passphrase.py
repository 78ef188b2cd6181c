"""Encrypted with a passphrase as age does it: another implementation reads it, and nothing else opens it."""

import io
from hashlib import shake_128

import pyrage
import pytest

from broadsheet.transfer.archive import ArchiveError, passphrase
from broadsheet.transfer.archive.passphrase import CHUNK, Wrong, decipher, enciphering, require_good

WORDS = "vier Wörter oder mehr"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "WORK", 4)


def sealed(data: bytes, words: str = WORDS) -> bytes:
    file = io.BytesIO()
    with enciphering(file, words) as plain:
        for start in range(0, len(data), 50_000):
            plain.write(data[start : start + 50_000])
    return file.getvalue()


def opened(data: bytes, words: str = WORDS) -> bytes:
    plain = io.BytesIO()
    decipher(io.BytesIO(data), plain, words)
    return plain.getvalue()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_another_implementation_reads_it_and_we_do(size: int) -> None:
    data = shake_128(b"text").digest(size)
    assert pyrage.passphrase.decrypt(sealed(data), WORDS) == data
    assert opened(sealed(data)) == data


def test_nothing_else_opens_it_and_nothing_is_left_out() -> None:
    data = sealed(shake_128(b"text").digest(2 * CHUNK))
    payload = data.index(b"\n", data.index(b"---")) + 17
    chunks = [data[payload + at : payload + at + CHUNK + 16] for at in (0, CHUNK + 16)]
    changed = (payload - 20, payload - 1, payload, len(data) - 1)  # the first in the sum of the head
    for broken in (
        data[:-1],
        data[: payload + CHUNK + 16],  # its second half is missing
        data + b"\0",
        data[:payload] + chunks[1] + chunks[0],
        data[:payload] + chunks[0] + chunks[0] + chunks[1],
        data[:60] + bytes([data[60] ^ 1]) + data[61:],
        data.replace(b"---", b"----", 1),
        *(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in changed),
    ):
        with pytest.raises(Wrong):
            opened(broken)
    with pytest.raises(Wrong, match="this is not its passphrase"):
        opened(data, "vier Worte oder mehr")
    with pytest.raises(Wrong, match="dearer than this machine"):
        opened(data.replace(b" 4\n", b" 40\n", 1))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("elevenchars", "has 12 to"),
        ("a" * 1001, "has 12 to"),
        ("correct horse battery staple", "tried first"),
        ("a" * 12, "tried first"),
    ],
)
def test_what_would_be_guessed_is_refused(words: str, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        require_good(words)
