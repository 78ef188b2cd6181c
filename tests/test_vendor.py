"""What others wrote is as they published it."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "static" / "vendor"
PASSWORDS = ROOT / "site" / "broadsheet" / "lib" / "common_passwords"


@pytest.mark.parametrize("folder", [VENDOR, PASSWORDS], ids=lambda folder: folder.name)
def test_each_file_is_listed_and_as_it_was_taken(folder):
    sums = re.findall(r"^([0-9a-f]{64})  (\S+)$", (folder / "README.md").read_text(), re.MULTILINE)
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - {"README.md"}
    assert files == {name for _sum, name in sums}
    for expected, name in sums:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name


def test_each_library_brings_its_licence():
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]
    assert folders
    assert all((folder / "LICENSE").is_file() for folder in folders)
