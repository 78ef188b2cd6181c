"""The pages of docs/reference/ say what the code says."""

from pathlib import Path

import pytest

from broadsheet import commands, config
from broadsheet.commands import reference

from .conftest import Manage


@pytest.mark.parametrize("path", reference.pages(), ids=lambda path: path.name)
def test_reference_is_up_to_date(path: Path) -> None:
    assert reference.is_up_to_date(path, reference.pages()[path]), "run: python3 manage.py reference"


def test_every_setting_and_command_is_there() -> None:
    for name in config.TABLE:
        assert f"`BROADSHEET_{name.upper()}`" in reference.settings_page()
    for command in commands.COMMANDS:
        assert f"\n## {command.name}\n" in reference.commands_page()


def test_stale_page_is_named(call: Manage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "FOLDER", tmp_path / "docs")
    pages = ["docs/settings.md", "docs/commands.md", "docs/signals.md", "docs/operations.md"]
    stale = call("reference", "--check")
    assert stale.returncode == 1
    assert stale.stderr == f"Not up to date: {', '.join(pages)}. Run: python3 manage.py reference\n"
    assert call("reference").stdout == "".join(f"Wrote {page}.\n" for page in pages)
    assert call("reference", "--check").returncode == 0
