"""`backup`, `export`, `verify`, `restore`, as their users start them."""

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import click
import pyrage
import pytest

from broadsheet.commands import encryption
from broadsheet.commands.restore import restore
from broadsheet.config import Settings
from storage import Storage
from visiting import fields_of

from .conftest import ROOT, Manage, Serve

RELEASE = Path(__file__).parents[1] / "archives" / "0.4-0007.zip"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `restore` makes of a release's archive where nothing was."""
    folder = tmp_path_factory.mktemp("once") / "instance"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
    outcome = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "restore", str(RELEASE)],
        env=kept | {"BROADSHEET_NO_SETUP": "1", "BROADSHEET_INSTANCE": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("Restored: ")
    return folder


@pytest.fixture
def restored(once: Path, instance: Path) -> Path:
    """The instance folder of a site with everything."""
    shutil.copytree(once, instance)
    return instance


def test_a_site_is_saved_sent_proven_and_brought_back(
    manage: Manage, call: Manage, restored: Path, tmp_path: Path, storage: Storage, bucket: dict[str, str]
) -> None:
    ran = tmp_path / "the theme ran"
    choose_theme(restored, f"{{{{ cycler.__init__.__globals__.os.mkdir({str(ran)!r}) }}}}")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"broadsheet-2026010{day}T000000Z.zip").touch()
    words = tmp_path / "passphrase"
    words.write_text("four words or more\n")
    elsewhere = bucket | {"BROADSHEET_BACKUP_FOLDER": str(folder), "BROADSHEET_BACKUP_KEEP": "1 daily"}
    encrypted = {"BROADSHEET_BACKUP_PASSPHRASE_FILE": str(words)}
    saved = manage("backup", "--keep", "2", **elsewhere, **encrypted)
    assert (saved.returncode, saved.stderr) == (0, "")
    assert "(17 posts, 3 people, " in saved.stdout
    assert re.search(r"rows in all, [1-9]\d* kB\)", saved.stdout)
    assert saved.stdout.splitlines()[1] == "Kept: 2 backups; 2 deleted."
    newest = max(folder.iterdir())
    assert newest.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir() if path != newest] == ["broadsheet-20260103T000000Z.zip"]

    assert newest.suffix == ".age"
    sent = f"{bucket['BROADSHEET_BACKUP_S3']}/{newest.name}"
    assert saved.stdout.splitlines()[2:] == [f"Sent: {sent}"]
    newest.rename(tmp_path / "aside")
    verified = manage("verify", sent, **bucket, **encrypted)
    assert (verified.returncode, verified.stderr) == (0, "")
    lines = verified.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "Whole",
        "Restored",
        "Answers",
        "The archive can be restored.",
    ]
    assert lines[1] == "Restored: every row and every file is the same."
    assert "/feed.atom" in lines[2]
    assert "/uploads/" in lines[2]
    assert not ran.exists(), "a theme of an archive is code, and verify has run it"

    newest = (tmp_path / "aside").rename(newest)
    locked = call("restore", str(newest))
    assert locked.stderr == (
        f"{newest} is encrypted with a passphrase: give it, as --passphrase-file FILE.\n"
    )
    asked = call("restore", str(newest), "--passphrase-file", str(words))
    assert (asked.returncode, asked.stdout) == (1, "")
    assert (
        asked.stderr == "This site has 17 posts and 3 people. Say --yes to replace it; it is saved before.\n"
    )
    again = manage("restore", sent, "--yes", "--passphrase-file", str(words), **bucket)
    assert again.returncode == 0
    former = Path(again.stdout.splitlines()[-1].removeprefix("What was here is in "))
    assert former.parent == restored / "backups"
    assert (restored / "themes" / "paper" / "theme.toml").is_file()
    assert manage("shell", stdin="app.test_client().get('/')\n").returncode == 0
    assert ran.exists(), "it would have shown if it had run before"
    plain = io.BytesIO(pyrage.passphrase.decrypt(newest.read_bytes(), "four words or more"))
    with zipfile.ZipFile(former) as one, zipfile.ZipFile(plain) as other:
        assert one.read("tables/posts.jsonl") == other.read("tables/posts.jsonl")


def choose_theme(instance: Path, template: str) -> None:
    """One of which the home page does something."""
    folder = instance / "themes" / "paper"
    (folder / "templates" / "home").mkdir(parents=True)
    (folder / "theme.toml").write_text('name = "Paper"\n')
    (folder / "templates" / "home" / "index.html").write_text(template)
    with closing(sqlite3.connect(instance / "broadsheet.db")) as connection, connection:
        connection.execute("INSERT INTO settings (name, value) VALUES ('theme', '\"paper\"')")


def test_what_was_acknowledged_before_is_in_a_backup_of_a_busy_site(
    manage: Manage, restored: Path, serve: Serve, tmp_path: Path
) -> None:
    site = serve("--workers", "1", BROADSHEET_RATE_LIMITS="off", BROADSHEET_WORK="off")
    with letters_to(f"http://127.0.0.1:{site.port}") as acknowledged:
        before = set(acknowledged)
        saved = manage("backup", str(tmp_path / "busy.zip"))
    assert saved.returncode == 0, saved.stderr
    with zipfile.ZipFile(tmp_path / "busy.zip") as file:
        lines = file.read("tables/messages.jsonl").splitlines()
    found = {json.loads(line)["subject"] for line in lines if b"Letter " in line}
    assert before <= found <= {f"Letter {number}" for number in range(len(acknowledged) + 1)}
    assert len(before) < len(acknowledged), "nobody wrote meanwhile"

    # And under a running site nothing is replaced.
    file_before = (restored / "broadsheet.db").stat().st_ino
    refused = manage("restore", str(RELEASE), "--yes")
    assert (refused.returncode, refused.stderr) == (
        1,
        "The site is in use: stop the server, and whatever command or worker runs, then try again.\n",
    )
    assert (restored / "broadsheet.db").stat().st_ino == file_before


@contextmanager
def letters_to(url: str) -> Iterator[list[str]]:
    """Somebody writes one after the other; the subjects of those that were taken."""
    acknowledged: list[str] = []
    begun, enough = Event(), Event()

    def write() -> None:
        with urllib.request.urlopen(f"{url}/contact") as answer:  # noqa: S310  an address of ours
            fields = fields_of(answer.read().decode(), "/contact")
        while not enough.is_set():
            subject = f"Letter {len(acknowledged)}"
            typed = {"name": "Vic", "email": "vic@example.org", "subject": subject, "message": "Hello."}
            data = urllib.parse.urlencode(fields | typed).encode()
            with urllib.request.urlopen(f"{url}/contact", data) as answer:  # noqa: S310  an address of ours
                assert answer.url.endswith("/thanks")
            acknowledged.append(subject)
            begun.set()

    thread = Thread(target=write)
    thread.start()
    try:
        begun.wait(20)
        yield acknowledged
    finally:
        enough.set()
        thread.join()


def test_each_misuse_is_one_line(call: Manage, instance: Path, tmp_path: Path) -> None:
    nothing, no_site = (
        tmp_path / "nothing.zip",
        "There is no site here yet. Begin with:  python3 manage.py run",
    )
    nothing.write_bytes(b"")
    swapped = shutil.copy(RELEASE, tmp_path / "broadsheet-20261129T030000Z.zip.age")
    for arguments, said in (
        (("backup",), no_site),
        (("export", str(nothing)), no_site),
        (("restore", str(nothing)), f"{nothing} is no archive of Broadsheet, or is damaged."),
        (("verify", str(nothing)), f"{nothing} is no archive of Broadsheet, or is damaged."),
        (
            ("restore", str(swapped), "--plain"),
            f"{swapped} is not encrypted, though it is called so:"
            " somebody may have put it in the place of another.",
        ),
    ):
        outcome = call(*arguments)
        assert (outcome.returncode, outcome.stderr, outcome.stdout) == (1, f"{said}\n", "")
    assert not (instance / "broadsheet.db").exists()


def test_a_database_that_is_not_ours_is_not_replaced(call: Manage, instance: Path) -> None:
    instance.mkdir()
    with closing(sqlite3.connect(instance / "broadsheet.db")) as connection:
        connection.execute("CREATE TABLE customers (id integer)")
    refused = call("restore", str(RELEASE), "--yes")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "holds tables of something else (customers, …)" in refused.stderr
    (instance / "broadsheet.db").write_bytes(b"This is no database." * 500)
    refused = call("restore", str(RELEASE), "--yes")
    assert refused.stderr == (
        "The database that is here cannot be read (file is not a database)."
        " Move it away, and restore into an empty site.\n"
    )


def test_a_passphrase_is_asked_for_on_a_terminal_and_nowhere_else(
    call: Manage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = call("export", str(tmp_path / "x.zip"), "--passphrase")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("There is no terminal to ask for the passphrase")
    asked: list[dict[str, Any]] = []

    def prompt(words: str, **options: Any) -> str:
        asked.append(options)
        return "four words or more"

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("click.prompt", prompt)
    assert encryption.lock_of((), True, None).passphrase == "four words or more"
    keys = encryption.keys_of(tmp_path / "x.zip", None, None, False, Settings())
    assert keys.passphrase
    assert keys.passphrase() == "four words or more"
    assert [(one["hide_input"], "confirmation_prompt" in one) for one in asked] == [
        (True, True),
        (True, False),
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_where_backups_are_encrypted_a_plain_one_is_taken_on_purpose_alone(tmp_path: Path) -> None:
    file, key = tmp_path / "passphrase", tmp_path / "key"
    file.write_text("four words or more\n")
    backup, news = tmp_path / "broadsheet-20261129T030000Z.zip", tmp_path / "news.zip"
    there = f"s3://bucket/{news.name}"
    by_key = Settings(backup_recipients=("age1" + "q" * 58,))
    by_words = Settings(backup_passphrase_file=file)
    for archive, settings, said in (
        (backup, by_key, "If you know where it comes from, say --plain"),
        (backup, by_words, "If you know where it comes from, say --plain"),
        (there, by_key, "If you know where it comes from, say --plain"),
        (news, by_key, ""),
        (backup, Settings(), ""),
        (there, Settings(), ""),
    ):
        assert encryption.keys_of(archive, None, None, False, settings).demanded.endswith(said)
        assert bool(encryption.keys_of(archive, None, None, False, settings).demanded) == bool(said)
        assert encryption.keys_of(archive, None, None, True, settings).demanded == ""
    for identity, words in ((key, None), (None, file)):
        keys = encryption.keys_of(news, identity, words, False, Settings())
        assert keys.demanded == "though a key or a passphrase was given for it"
        with pytest.raises(click.UsageError, match="--plain is for an archive"), click.Context(restore):
            encryption.keys_of(news, identity, words, True, Settings())
