"""`run`: from nothing to a served site, and everything that can stand in the way."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask import Flask

from broadsheet.commands import migrating, run
from broadsheet.config import Settings
from broadsheet.extensions import db
from stage import free_port

from .conftest import ROOT, Manage, Serve


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- the way it should be


def test_first_start_prepares_everything_and_prints_the_set_up_link(serve: Serve, instance: Path) -> None:
    served = serve()
    link = re.fullmatch(
        r"Broadsheet is ready\. Set it up here: http://127\.0\.0\.1:(\d+)(/setup/\S+)\n", served.line
    )
    assert link
    assert int(link[1]) == served.port
    assert served.status(link[2]) == 200
    assert served.status("/health/live") == 200
    if os.name == "posix":
        assert mode(instance) == 0o700
        assert mode(instance / "secret_key") == 0o600
    assert served.stop() == (0, "")


def test_second_start_finds_the_same_site(serve: Serve, manage: Manage, instance: Path) -> None:
    created = manage(
        "user",
        "create",
        "--role",
        "admin",
        "Ada",
        "ada@example.org",
        "--password-stdin",
        stdin="long enough it is\n",
    )
    assert created.returncode == 0, created.stderr
    key = (instance / "secret_key").read_bytes()
    served = serve()
    assert served.line == f"Broadsheet is ready: http://127.0.0.1:{served.port}/\n"
    watched = manage("health", BROADSHEET_PORT=str(served.port))
    assert (watched.returncode, watched.stdout) == (0, '{"database":"ok","status":"ok"}\n'), watched.stderr
    assert served.stop() == (0, "")
    assert (instance / "secret_key").read_bytes() == key


def test_health_of_a_site_that_is_not_there(call: Manage) -> None:
    port = free_port()
    outcome = call("health", BROADSHEET_PORT=str(port))
    assert outcome.returncode == 1
    assert f"127.0.0.1:{port} does not answer" in outcome.stderr


def test_interrupted_server_ends_with_130_and_says_nothing(serve: Serve) -> None:
    served = serve("--workers", "2")
    assert served.status("/health/live") == 200
    assert served.stop(signal.SIGINT) == (130, "")


def test_public_address_is_printed_when_it_is_known() -> None:
    assert run.address(Settings(site_url="https://example.org")) == "https://example.org"
    assert run.address(Settings(host="0.0.0.0", port=80)) == "http://127.0.0.1:80"  # noqa: S104
    assert run.address(Settings(host="::1", port=8000)) == "http://[::1]:8000"


# -- the port


def test_taken_port_is_one_line_with_a_free_one(manage: Manage) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        outcome = manage("run", "--port", str(port))
    assert outcome.returncode == 1
    assert re.fullmatch(rf"Port {port} is in use by another program; try --port \d+\.\n", outcome.stderr)
    assert outcome.stdout == ""


def test_second_server_on_the_same_port_is_refused(serve: Serve, manage: Manage) -> None:
    served = serve()
    outcome = manage("run", "--port", str(served.port))
    assert outcome.returncode == 1
    assert "is in use by another program" in outcome.stderr
    served.stop()


def test_foreign_address_is_one_line() -> None:
    # 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
    with pytest.raises(click.ClickException, match=r"192\.0\.2\.1 is not an address of this machine"):
        run.check_port("192.0.2.1", 8000)


# -- the database


def test_damaged_database_is_named(manage: Manage, instance: Path) -> None:
    instance.mkdir()
    (instance / "broadsheet.db").write_bytes(b"This is not a database. " * 100)
    outcome = manage("run", "--port", str(free_port()))
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"The database {instance / 'broadsheet.db'} is damaged")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(("table", "limit"), [("t", 2**20), ("settings", 0)])
def test_damage_inside_a_table_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, limit: int
) -> None:
    monkeypatch.setattr(migrating, "CHECKED_WHOLE", limit)
    path = tmp_path / "site.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {table} (x)")
        rows = [("x" * 500,) for _ in range(200)]
        connection.executemany(f"INSERT INTO {table} VALUES (?)", rows)  # noqa: S608  one of two
    connection.close()
    content = bytearray(path.read_bytes())
    content[9000:9400] = b"\xff" * 400
    path.write_bytes(content)
    with pytest.raises(click.ClickException, match="is damaged"):
        migrating.check_file(path)


def test_newer_database_is_left_alone(empty_app: Flask) -> None:
    with empty_app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(
            click.ClickException, match=r"newer than this code \(revision 9999\).*git pull.*db back"
        ):
            migrating.bring_up_to_date(empty_app)


def test_database_of_something_else_is_left_alone(empty_app: Flask) -> None:
    with empty_app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM alembic_version")
        with pytest.raises(click.ClickException, match="holds tables of something else"):
            migrating.bring_up_to_date(empty_app)


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_unreachable_database_is_one_line_without_the_password(manage: Manage, server: str) -> None:
    url = f"{server}://ann:hunter2@127.0.0.1:{free_port()}/site"
    outcome = manage("run", "--port", str(free_port()), BROADSHEET_DATABASE_URL=url)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("The database refused:")
    assert outcome.stderr.count("\n") == 1
    assert "hunter2" not in outcome.stderr


def test_two_first_starts_at_once_agree(environ: dict[str, str], instance: Path) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "user", "list"]
    pair = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    assert [(one.communicate(timeout=60)[0], one.returncode) for one in pair] == [("Nobody yet.\n", 0)] * 2
    assert sorted(path.name for path in instance.glob("secret_key*")) == ["secret_key"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_instance_that_cannot_be_written_is_named(manage: Manage, instance: Path) -> None:
    instance.mkdir(mode=0o500)
    outcome = manage("user", "list")
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Permission denied: ")
