"""`db`: along the migrations."""

from .conftest import Manage


def test_a_database_goes_up_and_down(manage: Manage) -> None:
    assert manage("db", "current").stdout == "The database is empty.\n"
    up = manage("db", "upgrade")
    assert (up.returncode, up.stderr) == (0, "")
    assert up.stdout.startswith("The database is at revision ")
    down = manage("db", "downgrade", "base")
    assert (down.returncode, down.stdout) == (0, "The database is empty.\n"), down.stderr


def test_unknown_revision_is_one_line(manage: Manage) -> None:
    outcome = manage("db", "upgrade", "nowhere")
    assert outcome.returncode == 1
    assert "nowhere" in outcome.stderr
    assert outcome.stderr.count("\n") == 1
