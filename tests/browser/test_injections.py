"""Shapes of cross-site scripting in every field that people can fill: a short run, and what it would see."""

from pathlib import Path

import pytest
from bench.injections import watching
from bench.injections.__main__ import Plan, run
from bench.injections.shapes import SHAPES
from playwright.sync_api import Browser

HERE = "http://127.0.0.1:9"  # where nobody answers: the pages are the test's own
STRICT = "default-src 'none'"
RUNNING = {
    "<script>alert(1)</script>": "alert was called",
    "<img src=x onerror=alert(1)>": "the handler onerror",
    "<a href='java&#10;script:alert(1)'>x</a>": "an address that runs",
    "<iframe src=data:text/html,x></iframe>": "a source that runs",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>": "alert was called",
    "<img src=//evil.example/x>": "http://evil.example/x was asked for",
    "<p style='background:url(//evil.example/x)'>x</p>": "what is fetched",
    "<form action=//evil.example></form>": "what is fetched",
    "<base href=/x>": "<base>",
    "<meta http-equiv=x>": "a meta element",
    "<div class=prose><p data-behaviour=search>x</p></div>": "furniture in a text",
    "x49x": "a template was reckoned",
}


@pytest.mark.slow
def test_nothing_runs_that_somebody_filled_in(browser: Browser, tmp_path: Path) -> None:
    said: list[str] = []
    # The markup alone: what it holds needs no policy to hold it back.
    plan = Plan(20, sent=1, most=1, settled=1, reflected=3, walked=16, behaved=1, policies=[False])
    result = run(plan, tmp_path, browser, said.append)
    assert list(result.found) == []
    assert result.pages > 40, said
    assert result.behaviours >= 4


@pytest.mark.parametrize("html", RUNNING)
def test_what_would_run_is_noticed(browser: Browser, html: str) -> None:
    with watching.window(browser, HERE, [], policy=True) as watcher:
        watcher.look_at_answer("/page", 200, html, "")
    assert any(RUNNING[html] in one for one in watcher.found), watcher.found


def test_what_the_policy_holds_back_is_noticed_too(browser: Browser) -> None:
    with watching.window(browser, HERE, [], policy=True) as watcher:
        watcher.look_at_answer("/page", 200, "<script>alert(1)</script>", STRICT)
    assert any("held back inline" in one for one in watcher.found), watcher.found
    assert not any("was called" in one for one in watcher.found)


def test_there_are_many_shapes_and_none_twice() -> None:
    assert len(SHAPES) == len(set(SHAPES)) >= 150
