"""The doctor finds what is wrong with an installation, and says the cure."""

import json
import logging
import os
import shutil
import socket
import sqlite3
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy.exc import DatabaseError

from broadsheet.doctor import State, backups, examine, front, installation, mail, store, work
from broadsheet.extensions import db
from broadsheet.lib import backups as kept
from broadsheet.lib import clock
from broadsheet.mail import server as mail_server
from broadsheet.media import places
from broadsheet.models import AuthenticatorApp, Upload
from broadsheet.sealing import seal
from broadsheet.web.second_factors import PURPOSE
from stage import free_port, on_sqlite

LONG_AGO = 1_000_000_000


@pytest.fixture
def settings(app):
    app.config["BROADSHEET"] = replace(app.config["BROADSHEET"], rate_limits=True)
    return app.config["BROADSHEET"]


def bad(findings) -> list[str]:
    return [finding.words for finding in findings if finding.state is State.BAD]


@pytest.fixture
def upload(app):
    upload = Upload(
        name="sea.txt", key="00000000000000aa/sea.txt", sha256="a" * 64, media_type="text/plain", size=4
    )
    db.session.add(upload)
    db.session.commit()
    file(upload.key).write_bytes(b"blue")
    return upload


def file(key: str):
    path = places.path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_a_sound_installation_has_nothing_bad(app, settings, post, upload):
    assert bad(examine(settings, offline=True)) == []


def test_each_is_looked_at_whatever_became_of_the_one_before(settings, monkeypatch):
    def breaks(settings):
        raise OSError("the disk\nis gone")
        yield

    monkeypatch.setattr("broadsheet.doctor.HERE", (("Disk", breaks), ("Clock", installation.clock)))
    found = list(examine(settings, offline=True))
    assert [(one.what, one.state) for one in found] == [("Disk", State.BAD), ("Clock", State.GOOD)]
    assert found[0].words == "could not be looked at: the disk is gone"


# -- the machine


def test_limits_that_are_off_are_bad(settings):
    assert "rate_limits is off" in bad(installation.settings(replace(settings, rate_limits=False)))[0]


def test_a_folder_that_all_can_read_is_bad(settings):
    settings.instance.chmod(0o755)
    (settings.instance / "secret_key").write_text("k" * 40)
    (settings.instance / "secret_key").chmod(0o644)
    assert "everybody on this machine can read" in bad(installation.permissions(settings))[0]
    settings.instance.chmod(0o700)
    assert bad(installation.permissions(settings)) == []


def test_a_clock_that_went_back_is_found(settings, post):
    with time_machine.travel(clock.now() - timedelta(hours=5)):
        assert "but something was written at" in bad(installation.clock(settings))[0]
    with time_machine.travel("2001-01-01"):
        assert bad(installation.clock(settings)) == ["it is 2001-01-01, it says"]


def test_a_full_disk_is_found(settings, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 10, 5_000_000))
    assert bad(installation.disk(settings)) == ["only 5.0 MB are free"]


# -- the store


@on_sqlite
def test_rows_that_belong_to_nothing_are_found(settings, post):
    db.session.rollback()
    with sqlite3.connect(settings.database_file) as other:  # which does not enforce them
        other.execute("UPDATE post_authors SET user_id = 999")
    other.close()
    assert "of post_authors belongs to a row of users that is not there" in bad(store.database(settings))[0]


@on_sqlite
def test_an_index_that_disagrees_is_found_and_mended_without_drafts(client, settings, post, draft):
    db.session.execute(db.text("INSERT INTO search_words(search_words) VALUES('delete-all')"))
    db.session.commit()
    assert bad(store.search(settings)) == ["the index search_words does not agree with the texts"]
    assert store.mend_search() == 1
    assert bad(store.search(settings)) == []
    assert post.title in client.get("/search", query_string={"q": post.title}).text
    assert draft.path not in client.get("/search", query_string={"q": draft.title}).text


def test_posts_that_are_not_in_the_index_are_found_and_mended(client, settings, post):
    db.session.execute(db.text("DELETE FROM search_texts"))
    db.session.commit()
    assert "posts that are not in the index: 1" in bad(store.search(settings))
    store.mend_search()
    assert bad(store.search(settings)) == []
    assert post.path in client.get("/search", query_string={"q": post.title}).text


def test_a_lost_and_a_cut_file_are_found(settings, upload):
    file(upload.key).write_bytes(b"bl")
    assert bad(store.uploads(settings)) == [
        "1 have another size than their row says: 00000000000000aa/sea.txt"
    ]
    file(upload.key).unlink()
    assert bad(store.uploads(settings)) == ["1 have no file: 00000000000000aa/sea.txt"]


def test_a_file_that_nothing_knows_is_taken_aside_and_no_other(settings, upload):
    stray, fresh, size = (
        file("00000000000000bb/lost.jpg"),
        file("00000000000000cc/new.jpg"),
        file("00000000000000aa/sea-480.webp"),
    )
    for path in (stray, fresh, size):
        path.write_bytes(b"bytes")
    for path in (stray, size, file(upload.key)):
        os.utime(path, (LONG_AGO, LONG_AGO))
    (found,) = store.uploads(settings)
    assert (found.state, found.words) == (State.NOTED, "files that nothing knows: 1, 0.0 MB")
    count, aside = store.mend_uploads()
    assert count == 1
    assert (aside / "00000000000000bb/lost.jpg").read_bytes() == b"bytes"
    assert not stray.parent.exists()
    assert [path.exists() for path in (fresh, size, file(upload.key))] == [True] * 3
    assert [one.state for one in store.uploads(settings)] == [State.GOOD]


# -- what is done in the background


def test_errors_of_the_last_day_are_told(app, settings):
    logging.getLogger("broadsheet.jobs").error("the chore failed")
    assert [one.words for one in work.errors(settings)] == [
        "in the last day: 1, the newest: the chore failed"
    ]
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert [one.state for one in work.errors(settings)] == [State.GOOD]


def test_an_old_backup_is_bad(settings):
    folder = settings.instance / "backups"
    folder.mkdir()
    (folder / "site.zip").write_bytes(b"")
    assert bad(backups.newest(settings)) == []
    os.utime(folder / "site.zip", (LONG_AGO, LONG_AGO))
    assert "is of 2001-09-09" in bad(backups.newest(settings))[0]
    (folder / "broadsheet-20100909T014640Z.zip").write_bytes(b"copied just now")
    assert "is of 2010-09-09" in bad(backups.newest(settings))[0]


def sending(settings, bucket):
    values = {name.removeprefix("BROADSHEET_").lower(): value for name, value in bucket.items()}
    return replace(settings, **values)


def test_backups_that_are_sent_are_looked_at_where_they_lie(settings, storage, bucket, monkeypatch):
    monkeypatch.setattr("broadsheet.transfer.archive.bucket.ATTEMPTS", 1)
    assert list(backups.sent(settings)) == []
    settings = sending(settings, bucket)
    assert bad(backups.sent(settings)) == [f"none lies in {settings.backup_s3}"]
    name = settings.backup_s3.split("/")[2]
    storage.client.put_object(Bucket=name, Key="news/broadsheet-20010909T014640Z.zip", Body=b"text")
    assert "the newest of 2001-09-09 01:46 UTC" in bad(backups.sent(settings))[0]
    new = f"news/broadsheet-{clock.now():%Y%m%dT%H%M%S}Z.zip"
    storage.client.put_object(Bucket=name, Key=new, Body=b"text")
    (found,) = backups.sent(settings)
    assert (found.state, found.words[-15:]) == (State.NOTED, ", not encrypted")
    storage.client.delete_object(Bucket=name, Key="news/broadsheet-20010909T014640Z.zip")
    storage.client.put_object(Bucket=name, Key=f"{new}.age", Body=b"text")
    assert [one.state for one in backups.sent(settings)] == [State.NOTED]
    storage.client.delete_object(Bucket=name, Key=new)
    assert [one.state for one in backups.sent(settings)] == [State.GOOD]
    storage.refuses = lambda asked: (403, "SignatureDoesNotMatch")
    (found,) = backups.sent(settings)
    assert found.words == f"{settings.backup_s3}: the secret half of the access key is wrong."
    assert settings.backup_s3_secret not in str(found)


def test_backups_that_were_tampered_with_where_they_lie_are_told(settings, storage, bucket):
    settings = sending(settings, bucket)
    name, now = settings.backup_s3.split("/")[2], clock.now()

    def put(key, text=b"text"):
        storage.client.put_object(Bucket=name, Key=f"news/{key}", Body=text)

    put("broadsheet-20980101T000000Z.zip.age")
    words = [one.words for one in backups.sent(settings)]
    assert "1 in" in words[0]
    assert "of a date to come" in words[0]
    assert words[1].startswith("none lies in")
    here = kept.new_name(now)
    kept.opened(settings.backups)
    (settings.backups / here).write_bytes(b"longer than that")
    put(here)
    assert f"not as long as made, such as {here}" in bad(backups.sent(settings))[0]
    put("broadsheet-site.txt", b"another\n")
    assert "is where another site sends its backups" in bad(backups.sent(settings))[0]


def test_backups_that_go_by_plain_http_are_told(settings, monkeypatch):
    pytest.importorskip("boto3")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert list(backups.way(settings)) == []
    settings = replace(settings, backup_s3="s3://bucket/news", backup_s3_region="eu-central-1")
    assert list(backups.way(settings)) == []
    for endpoint in ("https://storage.example.org", "http://127.0.0.1:9000"):
        assert list(backups.way(replace(settings, backup_s3_endpoint=endpoint))) == []
    unsafe = "http://storage.example.org"
    (said,) = bad(backups.way(replace(settings, backup_s3_endpoint=unsafe)))
    assert said.startswith("go to storage.example.org by plain HTTP")
    monkeypatch.setenv("AWS_ENDPOINT_URL", unsafe)
    assert bad(backups.way(settings)) == [said]


def test_how_backups_are_encrypted_is_told(settings):
    file = settings.instance / "passphrase"
    assert list(backups.encryption(settings)) == []
    settings = replace(settings, backup_passphrase_file=file)
    assert "No such file or directory" in bad(backups.encryption(settings))[0]
    file.write_text("short\n")
    assert "no backup is made: A passphrase has 12" in bad(backups.encryption(settings))[0]
    file.write_text("four words or more\n")
    file.chmod(0o644)
    assert "others may read the passphrase" in bad(backups.encryption(settings))[0]
    file.chmod(0o600)
    assert [one.words for one in backups.encryption(settings)] == ["backups are encrypted with a passphrase"]
    assert (
        "for public keys or with a passphrase"
        in (bad(backups.encryption(replace(settings, backup_recipients=("age1" + "q" * 58,))))[0])
    )


# -- mail


class Quiet:
    async def handle_DATA(self, server, session, envelope):
        raise AssertionError("nothing is to be sent")


@pytest.fixture
def smtp():
    def only_ann(server, session, envelope, mechanism, data):
        return AuthResult(success=data.login == b"ann" and data.password == b"right", handled=False)

    controller = Controller(
        Quiet(), hostname="127.0.0.1", port=free_port(), authenticator=only_ann, auth_require_tls=False
    )
    controller.start()
    yield controller.port
    controller.stop()


def test_a_mail_server_is_tried_without_sending(settings, smtp):
    def found(url: str):
        return list(mail.server(replace(settings, smtp_url=url)))

    (well,) = found(f"smtp://ann:right@127.0.0.1:{smtp}")
    assert (well.state, well.words) == (State.GOOD, f"127.0.0.1:{smtp} answers, and takes user and password")
    assert "refuses the user or password" in bad(found(f"smtp://ann:wrong@127.0.0.1:{smtp}"))[0]
    assert "cannot be reached" in bad(found(f"smtp://127.0.0.1:{free_port()}"))[0]


def test_a_mail_server_that_would_have_the_password_in_the_clear_is_bad(settings, smtp, monkeypatch):
    monkeypatch.setattr(mail_server, "THIS_MACHINE", ())  # as if it were another one
    found = list(mail.server(replace(settings, smtp_url=f"smtp://ann:right@127.0.0.1:{smtp}")))
    assert "cannot be used: it offers no TLS" in bad(found)[0]


def test_mail_that_waits_long_and_mail_that_was_refused_are_bad(make_app, smtp):
    app = make_app(BROADSHEET_SMTP_URL=f"smtp://127.0.0.1:{smtp}")
    box = app.extensions["broadsheet_outbox"]
    with app.app_context():
        assert bad(mail.outbox(app.config["BROADSHEET"])) == []
        box.folder.mkdir(exist_ok=True)
        for name in ("1.eml", "2.eml.refused"):
            (box.folder / name).write_bytes(b"")
            os.utime(box.folder / name, (LONG_AGO, LONG_AGO))
        waits, refused = bad(mail.outbox(app.config["BROADSHEET"]))
    assert waits.startswith("mails that wait: 1, the oldest for ")
    assert waits.endswith(" days")
    assert refused == "mails that were refused: 1"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, ["news.example has no SPF record", "news.example has no DMARC record"]),
        (
            {"news.example": ["v=spf1 -all", "v=spf1 mx"], "_dmarc.news.example": ["v=DMARC1; p=none"]},
            ["news.example has several SPF records, which counts as none"],
        ),
        (
            {
                "news.example": ["other", "v=spf1 mx -all"],
                "_dmarc.news.example": ["v=DMARC1; p=reject"],
                "mail._domainkey.news.example": ["v=DKIM1"],
            },
            [],
        ),
    ],
)
def test_what_name_servers_say_of_the_sender(settings, monkeypatch, records, expected):
    monkeypatch.setattr(mail, "texts", lambda name: records.get(name, []))
    settings = replace(settings, smtp_url="smtp://127.0.0.1:25", mail_from="The News <hello@news.example>")
    assert bad(mail.sender(settings)) == expected


def test_a_policy_of_the_domain_above_counts(settings, monkeypatch):
    records = {"post.news.example": ["v=spf1 -all"], "_dmarc.news.example": ["v=DMARC1; p=reject"]}
    monkeypatch.setattr(mail, "texts", lambda name: records.get(name, []))
    settings = replace(settings, smtp_url="smtp://127.0.0.1:25", mail_from="hello@post.news.example")
    assert bad(mail.sender(settings)) == []


# -- the public address


@pytest.fixture
def answers():
    """A site that answers with these headers, and its address."""
    headers = {"Content-Type": "application/json"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            for header in headers.items():
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield headers, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_public_address_is_asked(settings, answers):
    headers, url = answers
    (found,) = front.address(replace(settings, site_url=url))
    assert (found.state, "without HTTPS" in found.words) == (State.NOTED, True)
    headers["Content-Type"] = "text/html"
    assert "not as Broadsheet does" in bad(front.address(replace(settings, site_url=url)))[0]
    assert (
        "cannot be reached"
        in bad(front.address(replace(settings, site_url=f"http://127.0.0.1:{free_port()}")))[0]
    )


def test_slow_visitors_need_a_proxy_that_waits(settings, answers, monkeypatch):
    monkeypatch.setattr(front, "SLOWLY", 30.0)
    _, url = answers
    assert list(front.slow_visitors(settings)) == []
    (alone,) = front.slow_visitors(replace(settings, site_url=url))
    assert (alone.state, "no proxy" in alone.words) == (State.NOTED, True)
    behind = replace(settings, site_url=url, proxy_hops=1)
    (found,) = front.slow_visitors(behind)
    assert (found.state, "hands on" in found.words) == (State.NOTED, True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(front, "SLOWLY", 0.1)
        (found,) = front.slow_visitors(replace(behind, site_url=url))
    assert found.state is State.GOOD
    assert list(front.slow_visitors(replace(behind, site_url=f"http://127.0.0.1:{free_port()}"))) == []


# -- the command


def test_the_command_says_a_line_for_each_and_fails_if_any_is_bad(runner, settings, post, upload):
    outcome = runner.invoke(args=["doctor", "--offline"])
    assert outcome.exit_code == 0, outcome.output
    assert "ok    Uploads      1 rows, and their files" in outcome.output
    file(upload.key).unlink()
    outcome = runner.invoke(args=["doctor", "--offline", "--json"])
    assert outcome.exit_code == 1
    found = [json.loads(line) for line in outcome.output.splitlines()]
    assert {
        "what": "Uploads",
        "state": "bad",
        "words": "1 have no file: 00000000000000aa/sea.txt",
    }.items() <= next(one for one in found if one["state"] == "bad").items()


def test_apps_that_the_secret_key_does_not_open_are_bad(app, runner, settings, ann):
    db.session.add(
        AuthenticatorApp(user_id=ann.id, sealed_secret=seal(PURPOSE, "s"), confirmed_at=clock.now())
    )
    db.session.commit()
    assert runner.invoke(args=["doctor", "--offline"]).exit_code == 0
    app.config["SECRET_KEY"] = "made anew" * 8
    outcome = runner.invoke(args=["doctor", "--offline"])
    assert outcome.exit_code == 1
    assert (
        f"BAD   Secret key   it is not the one that has sealed the authenticator apps of {ann.username}:"
        in (outcome.output)
    )


@on_sqlite
def test_a_database_that_is_newer_is_told_and_the_rest_looked_at(runner, settings):
    db.session.execute(db.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    outcome = runner.invoke(args=["doctor", "--offline"])
    assert outcome.exit_code == 1
    assert "BAD   Database     The database is newer than this code (revision 9999)\n" in outcome.output
    assert "-> Bring the code up to date (git pull)" in outcome.output
    assert "ok    Disk" in outcome.output
    assert "could not be looked at" not in outcome.output


def test_what_damage_keeps_from_being_looked_at_has_a_cure(settings, monkeypatch):
    def breaks(settings):
        raise DatabaseError("SELECT", {}, sqlite3.DatabaseError("database disk image is malformed"))
        yield

    monkeypatch.setattr("broadsheet.doctor.HERE", (("Clock", breaks),))
    (found,) = examine(settings, offline=True)
    assert found.cure.startswith("The database is damaged. Keep a copy of the file")


def test_the_command_mends(runner, settings, post, upload):
    stray = file("00000000000000bb/lost.jpg")
    stray.write_bytes(b"")
    os.utime(stray, (LONG_AGO, LONG_AGO))
    db.session.execute(db.text("DELETE FROM search_texts"))
    db.session.commit()
    outcome = runner.invoke(args=["doctor", "--offline", "--mend"])
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.startswith("Files that nothing knew: 1, moved to ")
    assert "Posts in the index, written anew: 1" in outcome.output
