"""What the log says of a request."""

import logging

import pytest


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
