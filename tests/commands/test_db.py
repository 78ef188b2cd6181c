"""`db`: along the migrations."""

from pathlib import Path

from broadsheet.lib.locks import shared_lock

from .conftest import Manage


def test_a_database_goes_up_and_down(manage: Manage, instance: Path) -> None:
    assert manage("db", "current").stdout == "The database is empty.\n"
    up = manage("db", "upgrade")
    assert (up.returncode, up.stderr) == (0, "")
    assert up.stdout.startswith("The database is at revision ")
    for command in ("upgrade", "downgrade"):
        with shared_lock(instance / "in_use.lock"):
            refused = manage("db", command)
        assert (refused.returncode, "The site is in use: stop the server" in refused.stderr) == (1, True)
    assert manage("db", "current").stdout == up.stdout
    down = manage("db", "downgrade", "base")
    assert (down.returncode, down.stdout) == (0, "The database is empty.\n"), down.stderr
    (kept,) = (instance / "backups").glob("before-downgrade-from-*")
    assert down.stderr == f"What the database is until now is in {kept}\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_size > 100_000


def test_unknown_revision_is_one_line(manage: Manage) -> None:
    outcome = manage("db", "upgrade", "nowhere")
    assert outcome.returncode == 1
    assert "nowhere" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_going_back_to_nothing_is_not_asked(manage: Manage) -> None:
    outcome = manage("db", "back")
    assert (outcome.returncode, "Nothing is kept of before an upgrade" in outcome.stderr) == (1, True)


def test_doctor_tells_of_damage_and_of_a_lost_key_and_makes_none(manage: Manage, instance: Path) -> None:
    assert manage("db", "upgrade").returncode == 0
    (instance / "secret_key").unlink()
    (instance / "broadsheet.db").write_bytes(b"noise" * 5000)
    outcome = manage("doctor", "--offline")
    assert (outcome.returncode, outcome.stderr) == (1, "")
    assert f"BAD   Secret key   {instance}/secret_key is missing\n" in outcome.stdout
    assert f"BAD   Database     The database {instance}/broadsheet.db is damaged (" in outcome.stdout
    assert "-> Keep a copy of the file, move it away, and restore a backup." in outcome.stdout
    assert "ok    Disk" in outcome.stdout
    assert not (instance / "secret_key").exists()
