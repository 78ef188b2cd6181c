"""What the log says of a request."""

import json
import logging

import pytest
import time_machine

from broadsheet import jobs, signals
from broadsheet.jobs import engine, queue
from broadsheet.lib import clock
from broadsheet.media import upkeep
from broadsheet.web import logs
from visiting import A_WHILE, fill_in


@pytest.fixture
def lines(client, caplog):
    def lines(path: str) -> list[str]:
        with caplog.at_level(logging.INFO, "broadsheet.requests"):
            caplog.clear()
            client.get(path)
        return caplog.messages

    return lines


def test_each_request_has_one_line(lines):
    assert lines("/archive?page=2") == ["GET /archive 200"]
    assert lines("/nothing") == ["GET /nothing 404"]


def test_visitor_forges_no_line(lines):
    assert lines("/a%0A2026-01-01%20ERROR%20b") == ["GET /a%0A2026-01-01%20ERROR%20b 404"]


@pytest.mark.parametrize("path", ["/setup", "/invitation", "/password/reset"])
def test_secret_of_a_link_is_not_written_down(lines, path):
    (line,) = lines(f"{path}/s3cret")
    assert line.startswith(f"GET {path}/<token> 4")


# -- the id of a request


def test_a_proxy_of_ours_names_the_request(make_app):
    app = make_app(BROADSHEET_PROXY_HOPS="1")
    with app.app_context():
        ask = app.test_client().get
        assert ask("/health/live", headers={"X-Request-ID": "proxy-4711.a"}).headers["X-Request-ID"] == (
            "proxy-4711.a"
        )
        for forged in ("short", "x" * 65, "line\tend-of-it", "<script>alert</script>"):
            assert ask("/health/live", headers={"X-Request-ID": forged}).headers["X-Request-ID"] != forged


def test_a_stranger_names_none(client):
    answer = client.get("/health/live", headers={"X-Request-ID": "proxy-4711.a"})
    assert len(answer.headers["X-Request-ID"]) == 16


def test_lines_and_errors_bear_the_id_and_so_does_the_job_that_it_began(client, app, ann, monkeypatch):
    app.config["JOBS_AT_ONCE"] = False
    monkeypatch.setattr(engine, "wake", lambda app, id: None)
    formatter = logs.JSONLines()
    said = []

    class Kept(logging.Handler):
        def emit(self, record):
            said.append(json.loads(formatter.format(record)))

    def break_down(_sender, **_details):
        jobs.later(upkeep.show_anew, 7)
        logging.getLogger("broadsheet.tests").error("noted")

    def fails(*_):
        raise OSError("no luck")

    monkeypatch.setattr(queue, "_function", lambda name: fails)
    monkeypatch.setattr(queue, "_name_of", lambda function: "broadsheet.media.upkeep:show_anew")
    handler = Kept()
    logging.getLogger("broadsheet").addHandler(handler)
    try:
        with signals.message_received.connected_to(break_down):
            letter = {"name": "Vic", "email": "vic@example.org", "message": "Hello."}
            answer = fill_in(client, "/contact", **letter)
        assert answer.status_code == 303
        with time_machine.travel(clock.now() + A_WHILE * 2):
            assert jobs.perform_due() == 1
    finally:
        logging.getLogger("broadsheet").removeHandler(handler)
    id = answer.headers["X-Request-ID"]
    about = {line["message"]: line["request_id"] for line in said}
    assert about["noted"] == id
    assert about["The job broadsheet.media.upkeep:show_anew failed"] == id
    kept = app.extensions["broadsheet_errors"].newest_first()
    assert {problem.request_id for problem in kept} == {id}
