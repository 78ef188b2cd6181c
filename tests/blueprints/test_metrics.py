"""What Prometheus reads, and who may."""

import re

import pytest
from sqlalchemy import event

from broadsheet.extensions import db
from broadsheet.lib.metrics import WIDTH, Board
from broadsheet.models import Role
from broadsheet.web.counting import NAMES, Counts
from stage import person

TOKEN = "a token of a test"
SAMPLE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? (\S+)')


@pytest.fixture
def watched(make_app):
    app = make_app(BROADSHEET_METRICS_TOKEN=TOKEN)
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield app.test_client()


def figures(client):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    found, kinds = {}, {}
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in kinds, "each family stands once"
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            match = SAMPLE.fullmatch(line)
            assert match, line
            found[match[1] + (match[2] or "")] = float(match[3])
            assert any(match[1].startswith(name) for name in kinds), line
    return found


def test_is_not_there_without_the_setting(client):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_is_for_those_with_the_token(watched, given):
    answer = watched.get("/metrics", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="Broadsheet metrics"',
    )
    assert "broadsheet_" not in answer.text


def test_is_kept_nowhere_and_sets_no_cookie(watched):
    for _ in range(2):
        answer = watched.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_counts_answers_of_application_and_press(watched):
    before = figures(watched)
    watched.get("/nothing")
    watched.get("/")
    etag = watched.get("/").headers["ETag"]
    assert watched.get("/", headers={"If-None-Match": etag}).status_code == 304
    after = figures(watched)

    def more(name):
        return after[name] - before[name]

    assert more('broadsheet_requests_total{by="application",status="4xx"}') == 1
    assert more('broadsheet_requests_total{by="application",status="2xx"}') == 2  # the first, and this
    assert more('broadsheet_requests_total{by="press",status="2xx"}') == 1
    assert more('broadsheet_requests_total{by="press",status="3xx"}') == 1
    assert more("broadsheet_press_hits_total") == 2
    assert more("broadsheet_request_duration_seconds_count") == 3
    assert (
        after['broadsheet_request_duration_seconds_bucket{le="+Inf"}']
        == after["broadsheet_request_duration_seconds_count"]
    )
    assert after['broadsheet_press_pages{process="0"}'] == 1


def test_tells_of_jobs_mails_disk_and_database(watched):
    found = figures(watched)
    assert found["broadsheet_database_up"] == 1
    assert found['broadsheet_jobs{state="failed"}'] == 0
    assert found["broadsheet_worker_up"] == 0
    assert found['broadsheet_mails{state="waiting"}'] == 0
    assert found["broadsheet_disk_free_bytes"] > 0
    assert found["broadsheet_edition"] >= 0
    assert "broadsheet_backup_age_seconds" not in found, "there is none"


def test_says_that_the_database_is_away(watched):
    away = db.engine.dialect.dbapi.OperationalError

    def refuse(*_):
        raise away("nobody answers")

    watched.get("/")
    db.session.remove()
    event.listen(db.engine, "do_connect", refuse)
    db.engine.dispose()
    assert figures(watched)["broadsheet_database_up"] == 0


def test_a_process_goes_on_where_the_one_before_has_ended(app):
    board = Board(2, WIDTH)
    for _life in range(2):
        counts = Counts(app)
        counts.share(board, 1)
        counts.see(200, 0.02)
        counts.copy()
    (row,) = counts.rows()
    assert (row["requests 2xx"], row["within 0.025"], row["seconds"]) == (2, 2, 0.04)
    assert len(NAMES) <= WIDTH
