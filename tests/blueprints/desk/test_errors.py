"""Errors at the desk: what went wrong, found by the reference that its reader was shown."""

import json
import logging
import re
from datetime import UTC, datetime

import pytest

from broadsheet.blueprints import about
from broadsheet.lib.error_log import LARGEST, ErrorLog, Problem
from markup import Page


@pytest.fixture
def breaks(app, monkeypatch):
    """The about page raises."""

    def fail():
        raise RuntimeError("the pipes are frozen")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "about.show", fail)
    assert about


def test_what_a_reader_met_is_found_by_its_reference(client, sign_in, ada, breaks):
    met = client.get("/about?private=word")
    assert met.status_code == 500
    reference = re.search(r"[0-9a-f]{16}", Page(met.text).one("main").text)[0]
    admin = sign_in(ada)
    listed = Page(admin.get("/desk/errors").text).one("main").text
    assert "GET /about failed" in listed
    assert "Reference on the page" in listed
    assert "RuntimeError: the pipes are frozen" in listed
    assert "private" not in listed
    assert reference in Page(admin.get(f"/desk/errors?id={reference}").text).one("main").text
    assert "No error has this reference" in admin.get("/desk/errors?id=0000").text
    assert "1 since yesterday" in admin.get("/desk").text


def test_nothing_went_wrong(sign_in, ada):
    admin = sign_in(ada)
    assert "Nothing went wrong" in admin.get("/desk/errors").text
    assert "none since yesterday" in admin.get("/desk").text


def test_an_error_in_the_background_has_no_reference(app, sign_in, ada):
    with app.app_context():
        logging.getLogger("broadsheet.jobs").error("the chore failed")
        logging.getLogger("broadsheet.jobs").warning("it is late")
    listed = Page(sign_in(ada).get("/desk/errors").text).one("main").text
    assert "the chore failed" in listed
    assert "in the background" in listed
    assert "it is late" not in listed


def test_the_file_is_bounded_private_and_survives_a_broken_line(tmp_path):
    errors = ErrorLog(tmp_path / "log")
    for number in range(400):
        errors.add(Problem(datetime.now(UTC), "a", f"problem {number}", trace="x" * 9_000))
    size = sum(path.stat().st_size for path in (tmp_path / "log").iterdir())
    assert size < 2 * LARGEST + 20_000
    assert errors.path.stat().st_mode & 0o077 == 0
    with errors.path.open("a") as file:
        file.write('{"at": "2026-01-01T00:00:00+00:00", "mess\n' + json.dumps([1]) + "\n")
    found = [problem.message for problem in errors.newest_first()]
    errors.add(Problem(datetime.now(UTC), "a", "a line\u2028an end\x85of one\nno more"))
    assert next(errors.newest_first()).message == "a line\u2028an end\x85of one\nno more"
    assert found[:2] == ["problem 399", "problem 398"]
    assert len(found) > 100
