import pytest
from sqlalchemy import text

from broadsheet.extensions import db


def test_process_is_alive_even_before_the_site_is_set_up(empty_app):
    with empty_app.app_context():
        answer = empty_app.test_client().get("/health/live")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_site_is_ready(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok"})


def test_site_is_not_ready_without_its_tables(client):
    db.session.execute(text("DROP TABLE alembic_version"))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_is_never_kept(client, path):
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_refuses_other_methods(client, path):
    assert client.post(path).status_code == 405
