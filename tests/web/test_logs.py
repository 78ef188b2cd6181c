"""Lines of the log: each is one, tells its moment in UTC, and is not forged by what stands in it."""

import logging
import re

import pytest

from broadsheet.web.logs import JSONLines, TextLines

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
