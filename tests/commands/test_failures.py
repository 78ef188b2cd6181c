"""The driver that takes away what the site leans on: the database's lock, the mail server, its processes."""

import sys
from pathlib import Path

import pytest
from bench.failures import run


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
def test_the_site_goes_on_and_nothing_is_lost(tmp_path: Path) -> None:
    said: list[str] = []
    assert run(tmp_path, said.append) == 0, said
    assert len(said) == 16, said
