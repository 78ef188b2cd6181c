"""Lines of the log: each is one, tells its moment in UTC, and is not forged by what stands in it."""

import io
import json
import logging
import re
import warnings
from dataclasses import replace

import pytest

from broadsheet.commands.failures import remark
from broadsheet.web.logs import JSONLines, TextLines, set_up

FORGED = "refused: evil\r\n2026-01-01T00:00:00.000Z INFO broadsheet.requests [x] GET /desk 200"


@pytest.mark.parametrize("lines", [TextLines(), JSONLines()], ids=["text", "json"])
def test_what_is_quoted_makes_no_line_of_its_own(lines):
    record = logging.makeLogRecord(
        {"msg": "%s", "args": (FORGED,), "levelname": "INFO", "name": "broadsheet"}
    )
    assert "\n" not in lines.format(record)
    assert "\r" not in lines.format(record)


def test_the_moment_is_in_utc():
    record = logging.makeLogRecord({"msg": "Hello", "created": 0.25, "msecs": 250.0, "levelname": "INFO"})
    assert re.match(r"1970-01-01T00:00:00\.250Z INFO ", TextLines().format(record))


def test_a_trace_keeps_its_lines():
    try:
        raise ValueError("of a test")
    except ValueError as error:
        record = logging.makeLogRecord(
            {"msg": "broken", "exc_info": (type(error), error, error.__traceback__)}
        )
    first, *trace = TextLines().format(record).splitlines()
    assert first.endswith("broken")
    assert trace[-1] == "ValueError: of a test"


@pytest.fixture
def json_log(app, monkeypatch):
    """What the log writes as JSON, and the settings that ask for it."""
    written = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        set_up("json", "warning")
        (lines,) = [one for one in logging.getLogger("broadsheet").handlers if is_lines(one)]
        monkeypatch.setattr(lines, "stream", written)
        yield written, replace(app.config["BROADSHEET"], log_format="json")
        set_up("text", "warning")


def is_lines(handler):
    return isinstance(handler.formatter, JSONLines | TextLines)


def test_what_the_server_and_libraries_say_is_json_too(json_log, capsys):
    written, settings = json_log
    remark(settings, "A server process ended (-9) and starts again.")
    warnings.warn("a picture of many pixels", RuntimeWarning, stacklevel=1)
    server, library = [json.loads(line) for line in written.getvalue().splitlines()]
    assert server["message"] == "A server process ended (-9) and starts again."
    assert (library["logger"], library["level"]) == ("py.warnings", "warning")
    assert "a picture of many pixels" in library["message"]
    assert capsys.readouterr().err == ""


def test_what_the_server_says_is_plain_otherwise(app, capsys):
    remark(app.config["BROADSHEET"], "The worker ended (-9) and starts again.")
    assert capsys.readouterr().err == "The worker ended (-9) and starts again.\n"
