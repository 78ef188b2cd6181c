"""What others wrote is as they published it."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "static" / "vendor"
SUMS = re.findall(r"^([0-9a-f]{64})  (\S+)$", (VENDOR / "README.md").read_text(), re.MULTILINE)


def test_each_file_is_listed_and_as_it_was_taken():
    files = {str(file.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.is_file()} - {"README.md"}
    assert files == {name for _sum, name in SUMS}
    for expected, name in SUMS:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected, name


def test_each_library_brings_its_licence():
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]
    assert folders
    assert all((folder / "LICENSE").is_file() for folder in folders)
