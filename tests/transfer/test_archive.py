"""One archive of everything: whole, the same again, the same on every database; and a broken one changes
nothing."""

import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import everything
from broadsheet import create_app, media
from broadsheet.commands import migrating
from broadsheet.commands.archives import Migrations, put_in_place
from broadsheet.commands.restore import remarks
from broadsheet.config import Settings
from broadsheet.extensions import db
from broadsheet.lib.release import VERSION
from broadsheet.models import Post, Setting, Tag, Upload
from broadsheet.transfer.archive import (
    Archive,
    ArchiveError,
    Keys,
    Kind,
    Lock,
    Source,
    contents,
    encryption,
    passphrase,
    save,
)
from broadsheet.transfer.archive.manifest import NAME
from broadsheet.transfer.archive.restoring import require_known
from stage import Database, settings

RELEASES = sorted((Path(__file__).parents[1] / "archives").glob("*.zip"))


@dataclass
class Site:
    settings: Settings

    @property
    def source(self) -> Source:
        return Source(sa.create_engine(self.settings.database, poolclass=sa.NullPool), self.settings.instance)

    def saved(self, name: str, kind: Kind = Kind.BACKUP, **options: Any) -> Path:
        path = self.settings.instance.parent / name
        save(replace(self.source, kind=kind), path, **options)
        return path

    def restore(self, path: Path, **options: Any) -> None:
        with Archive.opened(path, scratch=self.settings.instance, **options) as archive:
            require_known(archive, migrating.known_revisions())
            archive.check()
            put_in_place(archive, self.settings)

    def rows(self, query: str) -> list[Any]:
        engine = self.source.engine
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]


@pytest.fixture(scope="module")
def full(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """With rows in every table; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("full")
    url = database.copy(folder)
    app = create_app(settings(folder / "instance", url), TESTING=True)
    with app.app_context():
        everything.fill()
        db.session.remove()
        db.engine.dispose()
    (folder / "instance" / "secret_key").write_text("a key of thirty characters ...")
    (folder / "instance" / "broadsheet.toml").write_text("port = 8001\n")
    theme = folder / "instance" / "themes" / "paper"
    theme.mkdir(parents=True)
    (theme / "theme.toml").write_text('name = "Paper"\n')
    return Site(app.config["BROADSHEET"])


@pytest.fixture(scope="module")
def archive(full: Site) -> Path:
    return full.saved("full.zip")


@pytest.fixture
def empty(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Site]]:
    """`empty()` is a place for a site, in a database as the tests have it; `empty(True)`: in SQLite."""
    urls: list[str] = []
    bring = Migrations.bring

    def bring_quickly(self: Migrations, url: str, revision: str) -> None:
        """What the migrations make of nothing was made once already."""
        file = Path(str(sa.make_url(url).database))
        if database.server or revision not in ("head", *heads):
            bring(self, url, revision)
        elif not file.exists():
            (folder := tmp_path / "made").mkdir()
            Path(database.copy(folder).removeprefix("sqlite:///")).rename(file)
            folder.rmdir()

    heads = migrating.known_revisions() - migrating.known_revisions("down_revision")
    monkeypatch.setattr(Migrations, "bring", bring_quickly)

    def make(sqlite: bool = False) -> Site:
        folder = tmp_path / f"site {len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        url = f"sqlite:///{folder / 'db.sqlite3'}"
        if not sqlite and database.server:
            urls.append(url := database.copy(folder))
        return Site(replace(settings(folder / "instance", url), secret_key=""))

    yield make
    for url in urls:
        database.drop(url)


# -- what is in it


def test_every_table_is_in_it_or_named_as_left_out(full: Site, archive: Path) -> None:
    with full.source.engine.connect() as connection:
        names = set(sa.inspect(connection).get_table_names())
    with Archive.opened(archive, scratch=archive.parent) as opened:
        there = opened.manifest.tables
    unnamed = {name for name in names if not contents.is_left_out(name)} - set(there)
    assert unnamed == set(), "neither in the archive, nor with a reason in transfer/archive/contents.py"
    assert set(contents.LEFT_OUT) <= names
    assert [name for name, part in there.items() if not part.rows] == [], "the site of the test lacks rows"


def test_an_export_has_no_secret(full: Site) -> None:
    """Columns that sound like secrets are left out of it, or are none for the reason given here."""
    harmless = {
        ("settings", "security_contact"),
    }
    sounds = re.compile(
        r"password|secret|token|hash(?!tag)|credential|_key$|^key$|code|digest|fingerprint|cookie"
    )
    none = {
        ("uploads", "key"): "an address",
        ("upload_aliases", "key"): "an address",
        ("outgoing_addresses", "digest"): "of an address",
        ("jobs", "digest"): "of what is to be done",
        ("imported_files", "fingerprint"): "of a text",
    }
    found = set()
    with full.source.engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in contents.tables(inspector.get_table_names(), Kind.EXPORT):
            out = contents.left_out_columns(table, Kind.EXPORT)
            names = {column["name"] for column in inspector.get_columns(table)} - out
            found |= {(table, name) for name in names if sounds.search(name)}
    assert found - set(none) - harmless == set(), "secret? Then name it in transfer/archive/contents.py"
    path = full.saved("export.zip", Kind.EXPORT)
    with zipfile.ZipFile(path) as file:
        assert [name for name in file.namelist() if name.startswith("files/")] == []
        assert b"argon2" not in b"".join(file.read(name) for name in file.namelist())


def test_tokens_of_programs_are_in_a_backup_and_in_no_export(full: Site, archive: Path) -> None:
    """As passwords are: the digests, with which a restored site knows its programs again."""
    export = full.saved("no-token.zip", Kind.EXPORT)
    with zipfile.ZipFile(archive) as file:
        (row,) = map(json.loads, file.read("tables/api_tokens.jsonl").splitlines())
        assert row["token_hash"]
        assert "tables/idempotency_keys.jsonl" not in file.namelist()
    with zipfile.ZipFile(export) as file:
        assert "tables/api_tokens.jsonl" not in file.namelist()


def test_a_file_that_is_missing_is_named(full: Site, empty: Callable[..., Site]) -> None:
    site = empty()
    site.restore(full.saved("to-lose-a-file.zip"))
    ((key,),) = site.rows("SELECT uploads.key FROM uploads WHERE media_type = 'image/png'")
    (site.settings.instance / "uploads" / key).unlink()
    saved = save(site.source, site.settings.instance / "lacking.zip")
    assert saved.manifest.missing == [f"uploads/{key}"]
    again = empty()
    again.restore(saved.path)
    assert len(again.rows("SELECT uploads.key FROM uploads")) == 2


# -- the way there and back


def test_the_same_again_byte_by_byte_whatever_the_database(
    full: Site, archive: Path, empty: Callable[..., Site]
) -> None:
    there, back = empty(True), empty()
    there.restore(archive)
    shutil.copy(
        full.settings.instance / "broadsheet.toml", there.settings.instance
    )  # those of the machine count
    again = there.saved("again.zip")
    assert again.read_bytes() == archive.read_bytes()
    with zipfile.ZipFile(again) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    back.restore(again)
    export = full.saved("exported.zip", Kind.EXPORT)
    assert back.saved("exported.zip", Kind.EXPORT).read_bytes() == export.read_bytes()


def test_the_same_again_from_server_to_server(
    full: Site, archive: Path, empty: Callable[..., Site], tmp_path: Path
) -> None:
    """As `.ci/run` has it: from a file to MariaDB, to PostgreSQL, and to a file again."""
    if not (server := os.environ.get("OTHER_DATABASE_URL", "")):
        pytest.skip("no second server is named in OTHER_DATABASE_URL")
    (folder := tmp_path / "other").mkdir()
    other = Database(folder, server)
    url = other.copy(folder)
    there = Site(replace(settings(folder / "instance", url), secret_key=""))
    again = archive
    for site in (empty(True), empty(), there, empty(True)):
        shutil.copy(full.settings.instance / "broadsheet.toml", site.settings.instance)
        site.restore(again)
        again = site.saved(f"again-{site.settings.instance.parent.name}.zip")
        assert again.read_bytes() == archive.read_bytes()
    other.drop(url)
    other.drop_templates()


def test_what_is_made_of_the_rest_is_as_it_was(full: Site, archive: Path, empty: Callable[..., Site]) -> None:
    site = empty()
    site.restore(archive)
    for query in (
        "SELECT kind, subject_id, post_id, listed FROM list_entries ORDER BY 1, 2, 3",
        "SELECT kind, subject_id, month, many FROM list_counts ORDER BY 1, 2, 3",
        "SELECT post_id, shown, title, summary, search_texts.keys, body FROM search_texts ORDER BY 1",
    ):
        assert site.rows(query) == full.rows(query) != []
    assert site.rows("SELECT count(*) FROM user_sessions") == [(0,)]
    assert site.rows("SELECT number FROM edition") > full.rows("SELECT number FROM edition")
    app = create_app(site.settings)
    with app.app_context():
        asked = app.test_client().get("/search?q=findable")
        assert "Odd: Zoë" in asked.text
        stored = {one.name: one.value for one in db.session.scalars(sa.select(Setting))}
        assert (stored["odd_nothing"], stored["odd_number"]) == (None, 1764450000.123456)
        newest = Post(title="New", slug="new")  # a number of its own, on PostgreSQL, too
        db.session.add(newest)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_a_site_that_is_replaced_loses_its_files_and_keeps_the_settings_of_the_machine(
    full: Site, archive: Path, empty: Callable[..., Site]
) -> None:
    site = empty()
    orphan = site.settings.instance / "uploads" / "0123456789abcdef" / "of-before.png"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"")
    site.restore(archive)
    assert not orphan.exists()
    assert (site.settings.instance / "themes" / "paper" / "theme.toml").is_file()
    assert (site.settings.instance / "secret_key").read_text() == "a key of thirty characters ..."
    assert not (site.settings.instance / "broadsheet.toml").exists()
    ((key,),) = site.rows("SELECT upload_aliases.key FROM upload_aliases")
    assert (
        site.settings.instance / "uploads" / ".former" / key
    ).read_bytes() == b"%PDF-1.4\nof before\n%%EOF\n"


def test_tables_of_somebody_else_are_left_alone(archive: Path, empty: Callable[..., Site]) -> None:
    """On a server a site may have company; in a file of its own it has none."""
    site = empty()
    if site.settings.database_file:
        pytest.skip("a file is replaced as a whole")
    with site.source.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE counted (number integer)"))
        connection.execute(sa.text("INSERT INTO counted VALUES (7)"))
    site.restore(archive)
    site.restore(archive)
    assert site.rows("SELECT number FROM counted") == [(7,)]
    with site.source.engine.connect() as connection:
        schemas = sa.inspect(connection).get_schema_names()
    own = f"{sa.make_url(site.settings.database).database}_restoring"
    assert [name for name in schemas if name.startswith(("restoring", own))] == []


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_the_archive_of_every_release_is_restored(path: Path, empty: Callable[..., Site]) -> None:
    site = empty()
    with Archive.opened(path, scratch=path.parent) as archive:
        parts = archive.manifest.tables
    site.restore(path)
    counts = {name: site.rows(f"SELECT count(*) FROM {name}")[0][0] for name in parts}  # noqa: S608  our tables
    assert counts == {name: part.rows for name, part in parts.items()}
    with create_app(site.settings, TESTING=True).app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Post.published().subquery())) > 0
        assert db.session.scalars(Upload.newest_first()).first() is not None
        db.session.remove()
        db.engine.dispose()


def test_this_release_has_left_one() -> None:
    """CONTRIBUTING.md tells how; without it nobody would notice that a later release cannot read it."""
    assert VERSION in {path.stem.partition("-")[0] for path in RELEASES}


def test_apps_that_another_key_has_sealed_are_named_with_the_cure(
    empty: Callable[..., Site], capsys: pytest.CaptureFixture[str]
) -> None:
    path = RELEASES[-1]  # has an app of Ada's, and the secret key of its site
    site = empty(True)
    with Archive.opened(path, scratch=path.parent) as archive:
        put_in_place(archive, site.settings)
        remarks(archive, site.settings)
        assert capsys.readouterr() == ("", "")
        other = replace(site.settings, secret_key="another key of this machine")
        remarks(archive, other)
        said = capsys.readouterr()
        assert "add it to secret_key_fallbacks" in said.out
        assert "no codes of their apps: ada." in said.err
        assert "python3 manage.py user second-factor --remove NAME" in said.err
        key = archive.text("files/secret_key")
        assert key
        remarks(archive, replace(other, secret_key_fallbacks=(key.decode().strip(),)))
        assert capsys.readouterr().err == ""


# -- under writes


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """Somebody who writes two things in one transaction, and takes files away after their rows, meanwhile."""
    begun, enough = Event(), Event()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with app.app_context():
                number = 0
                while not enough.is_set():
                    number += 1
                    db.session.add(Tag(name=f"Tag {number}", slug=f"tag-{number}"))
                    db.session.add(Setting(name=f"tag-{number}", value=number))
                    upload = media.store(io.BytesIO(f"%PDF-1.4\n{number}\n%%EOF\n".encode()), "paper.pdf")
                    db.session.commit()
                    begun.set()
                    upload.delete()
                    db.session.commit()
        except BaseException as error:
            failed.append(error)
            begun.set()

    thread = Thread(target=write)
    thread.start()
    try:
        begun.wait(20)
        yield
    finally:
        enough.set()
        thread.join()
    assert failed == []


def test_it_is_of_one_moment_while_others_write(app: Flask, tmp_path: Path) -> None:
    url = app.config["BROADSHEET"].database
    source = Source(sa.create_engine(url, poolclass=sa.NullPool), Path(app.instance_path))
    seen = set()
    with writing(app):
        for number in range(8):
            saved = save(source, tmp_path / f"{number}.zip")
            tables = saved.manifest.tables
            with Archive.opened(saved.path, scratch=tmp_path) as opened:
                opened.check()
                keys = [json.loads(line)["key"] for line in opened.lines(tables["uploads"])]
                names = [json.loads(line)["name"] for line in opened.lines(tables["settings"])]
            assert sum(name.startswith("tag-") for name in names) == tables["tags"].rows
            files = [part.name for part in saved.manifest.under("uploads/")]
            assert files == sorted(f"uploads/{key}" for key in keys)
            assert saved.manifest.missing == []
            seen.add(tables["tags"].rows)
    assert len(seen) > 1, "nothing was written meanwhile"


# -- what is broken


def rewritten(archive: Path, path: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """Another archive, whose manifest agrees with what was changed."""
    with zipfile.ZipFile(archive) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(parts.pop(NAME))
    change(parts, manifest)
    for part in manifest["parts"]:
        if part["name"] in parts and not part.pop("as_it_is", False):
            data = parts[part["name"]]
            part |= {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    with zipfile.ZipFile(path, "w") as file:
        for name, data in {**parts, NAME: json.dumps(manifest).encode()}.items():
            file.writestr(name, data)
    return path


def with_line(table: str, line: bytes) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
        parts[f"tables/{table}.jsonl"] += line
        next(one for one in manifest["parts"] if one["name"] == f"tables/{table}.jsonl")["rows"] += 1

    return change


def with_file(name: str) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
        parts[name] = b"x"
        manifest["parts"].append({"name": name})

    return change


def without_name(parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
    parts["more.txt"] = b"x"


def a_bomb(parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
    for one in manifest["parts"]:
        if one["name"] == "tables/tags.jsonl":
            parts[one["name"]] = b" " * 50_000_000
            one["as_it_is"] = True


def another_content(parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
    """Of the same length, and rightly packed."""
    one = next(one for one in manifest["parts"] if one["name"].startswith("uploads/"))
    parts[one["name"]] = bytes(len(parts[one["name"]]))
    one["as_it_is"] = True


def no_room(parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["parts"][0] |= {"bytes": 10**18, "as_it_is": True}


BROKEN: dict[str, tuple[Any, str]] = {
    "a table of another Broadsheet": (with_file("tables/sponsors.jsonl"), "its manifest.json cannot be read"),
    "above": (with_file("uploads/../../../../tmp/evil"), "no archive of Broadsheet has"),
    "a theme above": (with_file("themes/../../evil"), "no archive of Broadsheet has"),
    "an absolute name": (with_file("/etc/passwd"), "no archive of Broadsheet has"),
    "a name of Windows": (with_file("themes/..\\evil"), "no archive of Broadsheet has"),
    "a name that is not named": (without_name, "does not name what is in it"),
    "a file outside of the library": (
        with_line("uploads", b'{"key": "../broadsheet.toml"}\n'),
        "does not fit into the table",
    ),
    "a bomb": (a_bomb, "tables/tags.jsonl has another length"),
    "another content": (another_content, "is not what it was"),
    "more than the disk": (no_room, "has another length"),
    "a newer format": (lambda parts, manifest: manifest.update(format=2), "has the format 2, of a newer"),
    "no format": (lambda parts, manifest: manifest.pop("format"), "its manifest.json cannot be read"),
    "a newer revision": (
        lambda parts, manifest: manifest.update(revision="9999"),
        "newer Broadsheet (0.4, revision 9999)",
    ),
    "no JSON": (with_line("aliases", b"{\n"), "line 2 of tables/aliases.jsonl cannot"),
    "deep JSON": (with_line("aliases", b"[" * 100_000 + b"\n"), "line 2 of tables/aliases.jsonl cannot"),
    "another type": (with_line("aliases", b'{"id":"four"}\n'), "line 2 of tables/aliases.jsonl does not"),
    "half a character": (
        with_line("aliases", b'{"path":"\\ud800"}\n'),
        "line 2 of tables/aliases.jsonl does not fit",
    ),
    "an unknown column": (
        with_line("aliases", b'{"colour":"red"}\n'),
        "line 2 of tables/aliases.jsonl does not fit",
    ),
    "nothing where something must be": (with_line("aliases", b'{"id":77}\n'), "The database refuses"),
    "a reference to nothing": (with_line("post_tags", b'{"post_id":999,"tag_id":1,"position":0}\n'), "refer"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_archive_changes_nothing(
    name: str, archive: Path, empty: Callable[..., Site], tmp_path: Path
) -> None:
    change, said = BROKEN[name]
    site = empty(True)
    with pytest.raises(ArchiveError, match=re.escape(said)) as refused:
        site.restore(rewritten(archive, tmp_path / "broken.zip", change))
    assert "\n" not in str(refused.value)
    assert sorted(path.name for path in site.settings.instance.parent.iterdir()) == ["instance"]
    assert {path.name for path in site.settings.instance.iterdir()} <= {"secret_key"}
    assert not Path("/tmp/evil").exists()  # noqa: S108  where one of them leads


def test_bytes_that_were_lost_or_turned_are_noticed(
    archive: Path, empty: Callable[..., Site], tmp_path: Path
) -> None:
    data = archive.read_bytes()
    site = empty(True)
    for number, broken in enumerate((b"", b"no archive", data[:-100], data[: len(data) // 2])):
        (path := tmp_path / f"{number}.zip").write_bytes(broken)
        with pytest.raises(ArchiveError, match="is no archive of Broadsheet, or is damaged"):
            site.restore(path)
    with zipfile.ZipFile(archive) as file:
        parts = [one for one in file.infolist() if one.compress_size > 40 and one.filename != NAME]
    for part in parts:
        head = 30 + len(part.filename) + 20  # of the part, with its sizes in 64 bits
        place = part.header_offset + head + 10
        (path := tmp_path / "turned.zip").write_bytes(
            data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]
        )
        with pytest.raises(ArchiveError, match=r"damaged: " + re.escape(part.filename)):
            site.restore(path)
    assert len(parts) >= 30
    assert not Path(str(site.settings.database_file)).exists()


def test_a_restore_that_fails_late_leaves_the_old_site(
    full: Site, archive: Path, empty: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = empty(True)
    site.restore(archive)
    before = site.saved("before.zip", Kind.EXPORT).read_bytes()

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device", "uploads")

    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.lib.durable.move", full_disk)
        with pytest.raises(OSError, match="No space left"):
            site.restore(archive)
    assert site.saved("after.zip", Kind.EXPORT).read_bytes() == before
    assert [path.name for path in site.settings.instance.parent.glob(".*")] == []


# -- for some eyes


def test_an_encrypted_archive_opens_with_its_key_alone(
    full: Site, archive: Path, empty: Callable[..., Site], tmp_path: Path
) -> None:
    key, other = tmp_path / "key", tmp_path / "other"
    public = encryption.new_key(key)
    encryption.new_key(other)
    assert key.stat().st_mode & 0o777 == 0o600
    path = full.saved("secret.zip.age", lock=Lock([public]))
    assert b"Broadsheet" not in path.read_bytes()
    assert b"manifest" not in path.read_bytes()
    site = empty(True)
    with pytest.raises(ArchiveError, match="is encrypted"):
        site.restore(path)
    with pytest.raises(ArchiveError, match="cannot be deciphered"):
        site.restore(path, keys=Keys(other))
    with pytest.raises(ArchiveError, match="holds no secret key"):
        site.restore(path, keys=Keys(archive))
    site.restore(path, keys=Keys(key))
    assert list(site.settings.instance.glob(".deciphered*")) == []
    assert site.rows("SELECT count(*) FROM posts") == full.rows("SELECT count(*) FROM posts")


def test_an_archive_with_a_passphrase_opens_with_it_alone(
    full: Site, empty: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "WORK", 4)
    path = full.saved("words.zip.age", lock=Lock(passphrase="vier Wörter oder mehr"))
    assert b"manifest" not in path.read_bytes()
    site = empty(True)
    for keys, said in (
        (Keys(), "is encrypted with a passphrase: give it"),
        (Keys(encryption_key(tmp_path)), "is encrypted with a passphrase: give it"),
        (Keys(passphrase=lambda: "vier Worte oder mehr"), "cannot be deciphered: this is not its passphrase"),
    ):
        with pytest.raises(ArchiveError, match=said):
            site.restore(path, keys=keys)
    site.restore(path, keys=Keys(passphrase=lambda: "vier Wörter oder mehr"))
    assert list(site.settings.instance.glob(".deciphered*")) == []
    assert site.rows("SELECT count(*) FROM posts") == full.rows("SELECT count(*) FROM posts")


def test_no_plain_one_is_taken_for_one_that_was_encrypted(archive: Path, tmp_path: Path) -> None:
    (swapped := tmp_path / "broadsheet-20261129T030000Z.zip.age").write_bytes(archive.read_bytes())
    key = encryption_key(tmp_path)
    for path, keys, said in (
        (swapped, Keys(), "somebody may have put it in the place of another"),
        (
            swapped,
            Keys(passphrase=lambda: "vier Wörter oder mehr"),
            "is not encrypted, though it is called so",
        ),
        (archive, Keys(key), "is not encrypted, though a secret key was named for it"),
        (
            archive,
            Keys(demanded="though the settings say so"),
            "is not encrypted, though the settings say so",
        ),
    ):
        with (
            pytest.raises(ArchiveError, match=said),
            Archive.opened(path, keys=keys, scratch=tmp_path),
        ):
            pass
    with Archive.opened(
        archive, keys=Keys(passphrase=lambda: "asked for if needed"), scratch=tmp_path
    ) as opened:
        opened.check()


def encryption_key(folder: Path) -> Path:
    encryption.new_key(folder / "key")
    return folder / "key"


def test_a_backup_that_fails_leaves_nothing(
    full: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ArchiveError, match="no public key of age"):
        Lock(["age1nonsense"])

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("broadsheet.transfer.archive.writing.Writer.add_file", full_disk)
    for lock in (Lock(), Lock([encryption.new_key(tmp_path / "key")]), Lock(passphrase="Four words or more")):
        with pytest.raises(OSError, match="No space left"):
            save(full.source, tmp_path / "x.zip", lock=lock)
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert list((full.settings.instance / "uploads" / ".incoming").iterdir()) == []


def test_what_is_packed_so_that_nothing_bounds_it_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as file:
        file.writestr(NAME, b" " * 10_000_000)
    with pytest.raises(ArchiveError, match="is no archive"), Archive.opened(path, scratch=tmp_path):
        pass
