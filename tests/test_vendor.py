"""What others wrote is as they published it: what lies here, and what is installed."""

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


PINNED = re.compile(
    r"[A-Za-z0-9._-]+(\[[a-z0-9,._-]+\])?==[^\s;]+( ; .+?)?(( \\\n)? +--hash=sha256:[0-9a-f]{64})+"
)


def test_each_package_is_pinned_by_its_hashes():
    sources = {file.stem for file in ROOT.glob("requirements*.in")}
    assert {file.stem for file in ROOT.glob("requirements*.txt")} == sources
    for name in sources:
        text = (ROOT / f"{name}.txt").read_text()
        packages = re.split(
            r"^(?=[^\s#])", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE
        )
        assert len(packages) > 1
        for package in packages:
            joined = package.replace(" \\\n", "").strip()
            assert not joined or PINNED.fullmatch(joined), f"{name}.txt: {joined[:80]}"


def test_ci_looks_for_known_holes_in_each_of_them():
    ci = (ROOT / ".ci" / "run").read_text()
    assert '    for file in requirements*.txt; do\n        if said="$(pip-audit ' in ci
    assert "--require-hashes" in ci
    assert '"--require-hashes", "--no-deps", "--only-binary", ":all:"' in (ROOT / "manage.py").read_text()
