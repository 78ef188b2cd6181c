"""Says at the end which tests were left out because the machine lacks something, and how to get it.

A test that needs something skips with a reason of the form "no Chromium; to get it: apt install chromium".
With BROADSHEET_REQUIRE_ALL_TESTS=1 such a test fails instead. A test that skips for another reason (it is
about the other database) is no business of this file.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

CURE = "; to get it: "


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts = Counter(lacking(report) for report in terminalreporter.stats.get("skipped", []))
    del counts[""]
    if not counts:
        return
    terminalreporter.section("left out")
    for reason, count in counts.most_common():
        lack, _, cure = reason.partition(CURE)
        tests = "1 test was" if count == 1 else f"{count} tests were"
        terminalreporter.line(f"{tests} left out: {lack}. To run: {cure}")


def lacking(report: Any) -> str:
    """The reason for which a report's test was left out; empty when it was not, or for another reason."""
    if not report.skipped or hasattr(report, "wasxfail") or not isinstance(report.longrepr, tuple):
        return ""
    reason = str(report.longrepr[2]).removeprefix("Skipped: ")
    return reason if CURE in reason else ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    return insist(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report: Any = yield
    return insist(report)


def insist(report: Any) -> Any:
    reason = lacking(report)
    if reason and os.environ.get("BROADSHEET_REQUIRE_ALL_TESTS", "").lower() in ("1", "on", "true", "yes"):
        report.outcome = "failed"
        report.longrepr = f"Left out, but BROADSHEET_REQUIRE_ALL_TESTS is set: {reason}"
    return report
