"""Mail: written down first, then delivered to a real server on this machine."""

import errno
import logging
import os
import smtplib
import socket
import stat
import threading
import time
from contextlib import ExitStack, suppress
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from broadsheet import mail
from broadsheet.extensions import db
from broadsheet.jobs import worker
from broadsheet.mail import dialogue, outbox
from broadsheet.mail import server as mail_server
from broadsheet.mail.outbox import Outbox
from broadsheet.mail.server import Server
from broadsheet.models import Message, Submission
from broadsheet.web.public_address import this_address
from stage import free_port


class Postbox:
    """What a mail server does with what it gets: keeps it, or answers as it was told."""

    def __init__(self):
        self.letters = []
        self.answer, self.answers = "250 OK", {}
        self.connections = set()  # by which letters came, by their other end

    async def handle_DATA(self, server, session, envelope):
        if answer := self.answers.get(envelope.rcpt_tos[0]):
            return answer
        if self.answer.startswith("250"):
            self.connections.add(session.peer)
            self.letters.append((envelope, message_from_bytes(envelope.content, policy=default)))
        return self.answer


@pytest.fixture
def server():
    controller = Controller(Postbox(), hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def mailing(make_app, server):
    """A site whose mail server is `server`."""
    app = make_app(
        BROADSHEET_SMTP_URL=f"smtp://127.0.0.1:{server.port}", BROADSHEET_SITE_URL="https://news.example"
    )
    with app.test_request_context():
        yield app
        app.extensions["broadsheet_outbox"].close()


@pytest.fixture
def plain(make_app):
    """A site without a mail server."""
    app = make_app()
    with app.test_request_context():
        yield app


def outbox_of(app):
    return app.extensions["broadsheet_outbox"]


def send(to="ann@example.com", subject="Good news", **more):
    body = more.pop("body", "A line.")
    message = Message(id=7, name="Vic", email="vic@example.com", subject="Hello", body=body)
    return mail.send(to, subject, "message_received", message=message, url="https://news.example/x", **more)


def parsed(path):
    return message_from_bytes(path.read_bytes(), policy=default)


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


# -- without a mail server


def test_letters_wait_in_the_order_in_which_they_were_written(plain):
    written = [send(subject=f"No. {number}") for number in range(20)]
    assert outbox_of(plain).waiting() == written


def test_is_written_down_privately_and_the_terminal_says_so(plain, caplog):
    path = send()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.parent.name == "outbox"
    assert f"Mail is not set up; the message was written to instance/outbox/{path.name}" in caplog.text
    assert "A line." in path.read_text()


def test_has_the_headers_of_an_honest_letter(plain):
    letter = parsed(send(reply_to=mail.address("Vic Visitor", "vic@example.com")))
    assert letter["From"] == "Broadsheet <noreply@localhost>"
    assert letter["To"] == "ann@example.com"
    assert letter["Reply-To"] == "Vic Visitor <vic@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@localhost>")
    assert letter["Date"].datetime.tzinfo is not None


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_nobody_adds_a_header(plain, newline):
    evil = f"Hello{newline}Bcc: everybody@example.com"
    letter = parsed(
        send(mail.address(evil, "ann@example.com"), evil, reply_to=mail.address(evil, "vic@example.com"))
    )
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hello Bcc: everybody@example.com"
    assert letter["To"].addresses[0].addr_spec == "ann@example.com"
    assert letter["Reply-To"].addresses[0].addr_spec == "vic@example.com"


def test_names_may_hold_anything(plain):
    name = 'Ünal, "the" <editor@evil.example>, Ann 🗞'
    letter = parsed(send(mail.address(name, "ann@example.com")))
    (to,) = letter["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "ann@example.com")


def test_an_address_is_one_address(plain):
    with pytest.raises(ValueError, match=r".+"):
        mail.address("Ann", "ann@example.com\r\nBcc: everybody@example.com")


def test_the_words_survive(plain):
    body = "Grüße aus Köln — “quoted” 🗞\n.\nFrom here on\n" + "long " * 500
    text = parsed(send(body=body)).get_content().replace("\r\n", "\n")
    assert body in text


def test_a_link_can_be_copied_from_the_file(plain):
    url = "https://news.example/" + "x" * 300
    message = Message(name="Jürgen", email="j@example.com", subject="", body="Tschüß")
    path = mail.send("ann@example.com", "A link", "message_received", message=message, url=url)
    assert url in path.read_text()


# -- with a mail server


def test_is_delivered_and_removed(mailing, server):
    path = send(mail.address("Ann", "ann@example.com"), "Straße")
    wait_until(lambda: not path.exists())
    ((envelope, letter),) = server.handler.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("noreply@news.example", ["ann@example.com"])
    assert letter["Subject"] == "Straße"
    assert "A line." in letter.get_content()


def test_carries_addresses_beyond_ascii(mailing, server):
    path = send(mail.address("Jürgen", "jürgen@example.com"))
    wait_until(lambda: not path.exists())
    ((envelope, letter),) = server.handler.letters
    assert envelope.rcpt_tos == ["jürgen@example.com"]
    assert letter["Subject"] == "Good news"


def test_what_an_earlier_process_left_is_sent_at_the_first_request(mailing, server):
    outbox = outbox_of(mailing)
    outbox.folder.mkdir()
    left = outbox.folder / "20270101T000000-abc.eml"
    left.write_bytes(b"From: a@example.com\r\nTo: b@example.com\r\nSubject: Left\r\n\r\nText\r\n")
    mailing.test_client().get("/health/live")
    wait_until(lambda: not left.exists())
    assert server.handler.letters[0][1]["Subject"] == "Left"


def test_an_old_letter_is_set_aside(mailing, server, caplog):
    outbox = outbox_of(mailing)
    outbox.folder.mkdir()
    left = outbox.folder / "20200101T000000-abc.eml"
    left.write_bytes(b"From: a@example.com\r\nTo: b@example.com\r\n\r\nText\r\n")
    os.utime(left, (0, 0))
    outbox.open()
    wait_until(lambda: not left.exists())
    assert left.with_name(left.name + ".refused").exists()
    assert server.handler.letters == []
    assert "older than two days" in caplog.text


def test_stays_while_the_server_is_away_and_goes_when_it_is_back(make_app, monkeypatch, caplog):
    monkeypatch.setattr(outbox, "FIRST_RETRY", 0.05)
    port = free_port()
    app = make_app(BROADSHEET_SMTP_URL=f"smtp://127.0.0.1:{port}")
    with app.test_request_context():
        path = send()
        wait_until(lambda: "cannot be reached" in caplog.text)
        assert path.exists()
        assert "Check the setting smtp_url" in caplog.text
        controller = Controller(Postbox(), hostname="127.0.0.1", port=port)
        controller.start()
        try:
            wait_until(lambda: not path.exists())
            assert len(controller.handler.letters) == 1
        finally:
            outbox_of(app).close()
            controller.stop()


def test_a_refused_letter_is_kept_and_not_tried_for_ever(mailing, server, caplog):
    server.handler.answer = "550 No such reader"
    path = send()
    wait_until(lambda: not path.exists())
    assert path.with_name(path.name + ".refused").exists()
    assert "550 No such reader" in caplog.text


def test_a_busy_server_is_tried_again(mailing, server, monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_RETRY", 0.05)
    server.handler.answer = "451 Later, please"
    path = send()
    time.sleep(0.3)
    assert path.exists()
    server.handler.answer = "250 OK"
    wait_until(lambda: not path.exists())


def test_two_processes_send_a_letter_once(mailing, server):
    """Each outbox has its own open file, as each process has: the lock holds between them alike."""
    first, second = outbox_of(mailing), Outbox(outbox_of(mailing).folder, outbox_of(mailing).server)
    for number in range(20):
        send(subject=f"Letter {number}")
        second.open()
        second._wake.set()
    wait_until(lambda: not first.waiting())
    second.close()
    subjects = sorted(letter["Subject"] for _, letter in server.handler.letters)
    assert subjects == sorted(f"Letter {number}" for number in range(20))


def test_many_go_on_few_connections_and_one_refusal_hurts_no_other(mailing, server, monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_RETRY", 0.05)
    monkeypatch.setattr(outbox, "WAIT_FOR_OTHER", 0.05)
    monkeypatch.setattr(mail_server, "LETTERS_A_CONNECTION", 10)
    server.handler.answers = {"who3@example.com": "550 No such reader", "who7@example.com": "451 Later"}
    with outbox_of(mailing)._alone():  # all of them wait before the first goes
        for number in range(40):
            send(f"who{number}@example.com")
    wait_until(lambda: len(outbox_of(mailing).waiting()) == 1)
    assert len(server.handler.letters) == 38
    # Four, and one more after each that was refused. Who is tried again brings no letter yet.
    assert len(server.handler.connections) == 6
    server.handler.answers.clear()
    wait_until(lambda: not outbox_of(mailing).waiting())
    got = sorted(envelope.rcpt_tos[0] for envelope, _ in server.handler.letters)
    assert got == sorted(f"who{number}@example.com" for number in range(40) if number != 3)


def test_a_server_that_hangs_is_asked_once_a_round_and_not_for_each_letter(make_app, monkeypatch, caplog):
    monkeypatch.setattr(dialogue, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = make_app(BROADSHEET_SMTP_URL=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        with app.test_request_context():
            for number in range(20):
                send(f"who{number}@example.com")
            wait_until(lambda: "timed out" in caplog.text)
            outbox_of(app).close()
        assert len(outbox_of(app).waiting()) == 20
        # A letter that is written wakes who sends: at most once each, and not twenty times for each.
        assert 0 < sum("cannot be reached" in record.message for record in caplog.records) <= 21


def test_a_full_disk_loses_no_letter(mailing, server, monkeypatch, caplog):
    def is_full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outbox.durable, "write", is_full)
    path = send()
    assert "cannot be kept on the disk (No space left on device)" in caplog.text
    wait_until(lambda: server.handler.letters)
    wait_until(lambda: outbox_of(mailing).standing(path.name).state == "sent")


def test_many_get_a_letter_each_and_nobody_a_second_one(mailing, server, monkeypatch, caplog):
    monkeypatch.setattr(outbox, "FIRST_RETRY", 0.05)
    server.handler.answers = {"who1@example.com": "451 Later", "who2@example.com": "550 No such reader"}
    to = [mail.address(f"Jürgen {number}", f"who{number}@example.com") for number in range(5)]
    message = Message(name="Vic", email="vic@example.com", subject="Hello", body="A line.")
    path = mail.send_to_each(to, "Good news", "message_received", message=message, url="")
    wait_until(lambda: len(server.handler.letters) == 3)
    wait_until(lambda: caplog.text.count("451 Later") > 1)
    box = outbox_of(mailing)
    box.close()  # and another process takes over, that knows nothing of it
    box._progress.clear()
    server.handler.answers.clear()
    box.open()
    wait_until(lambda: not path.exists())
    assert [letter["To"] for _, letter in server.handler.letters] == [to[0], to[3], to[4], to[1]]
    assert "X-Broadsheet-Each" not in str(server.handler.letters[0][1])
    (refused,) = box.folder.glob("*.refused")
    assert parsed(refused)["To"] == to[2]
    assert sorted(path.suffix for path in box.folder.iterdir() if path.name != ".lock") == [
        ".refused",
        ".why",
    ]


def test_the_worker_carries_on_what_a_killed_process_left(mailing, server):
    box = outbox_of(mailing)
    box.folder.mkdir()
    (box.folder / "20270101T000000-abc.eml").write_bytes(
        b"From: a@example.com\r\nTo: b@example.com\r\n\r\nText\r\n"
    )
    worker.sweep(mailing)
    wait_until(lambda: len(server.handler.letters) == 1)


def test_the_address_of_a_server_is_read():
    server = Server.at("smtp://me%40x:p%2Fw@mail.example:2525?starttls")
    assert (server.host, server.port, server.user, server.password) == ("mail.example", 2525, "me@x", "p/w")
    assert server.starttls
    assert not server.tls
    assert Server.at("smtps://mail.example").port == 465
    assert Server.at("smtp://me:pw@mail.example").port == 587
    assert Server.at("smtp://mail.example").port == 25


def test_insists_on_starttls_when_told(make_app, server, caplog, monkeypatch):
    app = make_app(BROADSHEET_SMTP_URL=f"smtp://127.0.0.1:{server.port}?starttls")
    with app.test_request_context():
        path = send()
        wait_until(lambda: "cannot be reached" in caplog.text)
        assert path.exists()
        assert server.handler.letters == []
        outbox_of(app).close()


def test_no_password_goes_to_another_machine_without_tls():
    """Whoever stands between takes the offer away. For another machine stands a second address of this."""
    heard = []

    def overhear(_server, _session, _envelope, _mechanism, login):
        heard.append(login.password)
        return AuthResult(success=True)

    controller = Controller(
        Postbox(), hostname="127.0.0.2", port=free_port(), authenticator=overhear, auth_require_tls=False
    )
    controller.start()
    try:
        with pytest.raises(smtplib.SMTPNotSupportedError, match="offers no TLS"):
            Server.at(f"smtp://me:hush-hush@127.0.0.2:{controller.port}").try_out()
        assert not heard
        is_encrypted, signed_in = Server.at(f"smtp://127.0.0.2:{controller.port}").try_out()
        assert not is_encrypted
        assert not signed_in
    finally:
        controller.stop()


@pytest.fixture
def talker():
    """A mail server that says what it is given, a piece at a time, whatever it hears."""
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0)) as listening:

        def talk(pieces, pause=0.0):
            def speak():
                with suppress(OSError):
                    client, _address = listening.accept()
                    with client:
                        for piece in pieces:
                            client.sendall(piece)
                            time.sleep(pause)
                        client.recv(100)

            thread = threading.Thread(target=speak)
            thread.start()
            stack.callback(thread.join)
            return Server.at(f"smtp://127.0.0.1:{listening.getsockname()[1]}")

        yield talk


def test_an_answer_without_end_is_not_heard_to_its_end(talker):
    server = talker([b"220 here\r\n", *[b"250-more\r\n" * 1000] * 10, b"250 done\r\n221 bye\r\n"])
    with pytest.raises(smtplib.SMTPServerDisconnected, match="no end"):
        server.try_out()


def test_an_answer_that_trickles_is_not_waited_for(talker, monkeypatch):
    monkeypatch.setattr(dialogue, "DIALOGUE", 0.5)
    trickle = [bytes([one]) for one in b"220 here I am\r\n"]
    server = talker([*trickle, b"250 done\r\n221 bye\r\n"], pause=0.1)
    with pytest.raises(smtplib.SMTPServerDisconnected, match=r"timed out|too long"):
        server.try_out()


def test_the_log_holds_no_password(make_app, caplog):
    caplog.set_level(logging.DEBUG)
    app = make_app(BROADSHEET_SMTP_URL=f"smtp://me:hush-hush@127.0.0.1:{free_port()}")
    with app.test_request_context():
        send()
        wait_until(lambda: "cannot be reached" in caplog.text)
        outbox_of(app).close()
    assert "hush-hush" not in caplog.text


# -- what follows from an event


def test_admins_get_a_visitors_message(app, ada, ed, ann):
    with app.test_request_context():
        Message.receive(name="Vic Visitor", email="vic@example.com", subject="A slip", body="In line 3.")
        db.session.commit()
        (path,) = outbox_of(app).waiting()
        letter = parsed(path)
        assert [to.addr_spec for to in letter["To"].addresses] == ["ada@example.com"]
        assert letter["Reply-To"] == "Vic Visitor <vic@example.com>"
        assert letter["Subject"] == "Message: A slip"
        assert "In line 3." in letter.get_content()
        assert f"{this_address()}/desk/messages/" in letter.get_content()


def test_editors_and_admins_get_a_submission(app, ada, ed, ann):
    with app.test_request_context():
        Submission.receive(
            name="Vic Visitor", email="vic@example.com", title="A piece", body="Once upon a time."
        )
        db.session.commit()
        (path,) = outbox_of(app).waiting()
        letter = parsed(path)
        assert letter.get_all("X-Broadsheet-Each") == [
            "Ada Admin <ada@example.com>",
            "Ed Editor <ed@example.com>",
        ]
        assert "Once upon a time." in letter.get_content()


def test_nothing_is_mailed_when_the_change_is_undone(app, ada):
    with app.test_request_context():
        Message.receive(name="Vic", email="vic@example.com", subject="A slip", body="In line 3.")
        db.session.rollback()
        assert outbox_of(app).waiting() == []
