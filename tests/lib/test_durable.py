import os

import pytest

from broadsheet.lib import durable


def test_writes_a_file_for_its_owner_alone(tmp_path):
    durable.write(tmp_path / "letter", b"Dear reader")
    assert (tmp_path / "letter").read_bytes() == b"Dear reader"
    assert [file.name for file in tmp_path.iterdir()] == ["letter"]
    if os.name == "posix":
        assert (tmp_path / "letter").stat().st_mode & 0o777 == 0o600


def test_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    durable.write(tmp_path / "letter", b"The first")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        durable.write(tmp_path / "letter", b"The second")
    assert (tmp_path / "letter").read_bytes() == b"The first"
    assert [file.name for file in tmp_path.iterdir()] == ["letter"]
