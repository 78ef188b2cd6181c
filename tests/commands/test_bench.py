"""`bench`: what it makes of its figures, and that it measures at all. How fast anything is, no test says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bench import machine, results, suite
from bench.client import Token, Unexpected
from bench.context import Bench
from bench.results import MISSED, REACHED, Result, at_least, at_most
from bench.scratch import Scratch

from broadsheet.commands.bench import SECTIONS

from .conftest import ROOT, Manage
from .test_work import is_running, until

SAMPLE = ROOT / "docs" / "sample" / "content"
KEYS = {"name", "section", "unit", "ours", "median", "spread", "than", "others", "others_median", "ratio"}
KEYS |= {"ratio_spread", "target", "verdict", "note"}


def needs_wrk() -> None:
    if not machine.program("wrk"):
        pytest.skip(f"no wrk; to get it: {machine.CURES['wrk']}")


# -- the figures


def test_spread_is_a_part_of_the_median():
    assert results.median([90, 100, 120]) == 100
    assert results.spread([90, 100, 120]) == pytest.approx(0.3)
    assert results.spread([7]) == 0
    assert results.spread([0, 0]) == 0


def test_ratio_is_taken_round_by_round():
    # The second round met a busy machine: of the medians it would be 10 / 12.
    result = Result("press", "home", "/s", [10, 4, 20], at_least(0.9), "bare", [12, 4, 20])
    assert results.ratios(result.ours, result.others) == [pytest.approx(10 / 12), 1, 1]
    assert result.ratio == 1


def test_what_differs_from_turn_to_turn_is_measured_again(tmp_path):
    turns = Bench(Scratch(tmp_path, None), seconds=1, repeat=3, posts=1, threads=[1])
    rates = iter([0, 0, 100, 10, 90, 10, 110, 10, 100, 10, 100, 10])  # those of the first turn do not count
    taken = turns.by_turns({"site": rates.__next__, "bare": rates.__next__}, float)
    assert taken == {"site": [100, 90, 110, 100, 100], "bare": [10, 10, 10, 10, 10]}
    steady = turns.by_turns({"site": lambda: 100}, float)
    assert len(steady["site"]) == 3


def test_server_ends_with_the_one_who_started_it(tmp_path):
    if not machine.cores():
        pytest.skip("this system cannot tell a process that its parent has ended")
    code = f"""if True:
        import os, pathlib, signal
        from bench.servers import Server
        server = Server(["sleep", "600"], 1, pathlib.Path({str(tmp_path / "log")!r}))
        print(server._process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    until(lambda: not is_running(int(said.stdout)))


def test_target_is_held_against_the_ratio_and_else_against_the_value():
    assert Result("x", "x", "/s", [90], at_least(0.9), "bare", [100]).verdict == REACHED
    assert Result("x", "x", "/s", [89], at_least(0.9), "bare", [100]).verdict == MISSED
    assert Result("x", "x", "ms", [30], at_most(30)).verdict == REACHED
    assert Result("x", "x", "ms", [31], at_most(30)).verdict == MISSED
    assert Result("x", "x", "ms", [31]).verdict == ""


def test_numbers_have_the_digits_that_tell_something():
    shown = [results.number(value) for value in (81234.5, 118.2, 11.16, 1.504, 0.0831, 0, 4)]
    assert shown == ["81,234", "118", "11.2", "1.50", "0.08", "0", "4"]


def test_table_says_what_was_measured_against_what(outcome):
    assert results.plain_table(outcome["results"]).splitlines() == [
        "  what    here            against                  ratio      target",
        "",
        "press",
        "  post    81,234 /s ± 6%  bare function 80,000 /s  1.02 ± 6%  ≥ 0.90   reached",
        "",
        "scale",
        "  search  30.5 ms                                             ≤ 30 ms  missed",
        "      Of one process.",
    ]


def test_what_is_not_here_stands_below_the_table(outcome):
    said = suite.plain(outcome)
    assert said.endswith("Not here: nginx (to get it: …)\n\nTargets: 1 reached, 1 missed.")


@pytest.fixture
def outcome():
    rates = [81_234, 80_000, 90_000]
    found = [
        Result("press", "post", "/s", rates, at_least(0.9), "bare function", [80_000, 80_000, 80_000]),
        Result("scale", "search", "ms", [30.5], at_most(30), note="Of one process."),
    ]
    told = {"machine": machine.description(), "seconds": 2.0, "repeat": 3, "connections": 16}
    return {**told, "results": found, "lacking": {"nginx": "to get it: …"}}


# -- where they go


def test_report_replaces_the_figures_and_leaves_the_words(outcome, tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"# Speed\n\n{suite.BEGINS}\nold\n{suite.ENDS}\n\nWhy.\n")
    suite.write_report(outcome, page)
    text = page.read_text()
    assert text.startswith("# Speed\n\n<!--")
    assert text.endswith("<!-- end of figures -->\n\nWhy.\n")
    assert "old" not in text
    assert "| post | 81,234 /s ± 6% | bare function 80,000 /s | 1.02 ± 6% | ≥ 0.90 | reached |" in text
    assert "- Of one process." in text
    assert "- Not measured: nginx" in text


def test_report_wants_a_page_with_a_place_for_figures(outcome, tmp_path):
    page = tmp_path / "other.md"
    page.write_text("# Other\n")
    with pytest.raises(Unexpected, match="no place for figures"):
        suite.write_report(outcome, page)
    assert page.read_text() == "# Other\n"


def test_performance_page_has_a_place_for_figures(outcome, tmp_path):
    copy = tmp_path / "performance.md"
    copy.write_text((ROOT / "docs" / "reference" / "performance.md").read_text())
    suite.write_report(outcome, copy)


# -- measuring


def test_command_and_suite_have_the_same_sections():
    assert tuple(suite.SECTIONS) == SECTIONS


def test_unknown_section_is_one_line(call: Manage):
    outcome = call("bench", "presss")
    assert outcome.returncode == 2
    assert "'presss' is not one of" in outcome.stderr


def test_without_wrk_it_says_what_is_missing_and_how_to_get_it(monkeypatch):
    monkeypatch.setattr(machine, "program", lambda name: None)
    outcome = suite.run(["press", "misses"], seconds=1, repeat=1, posts=100, threads=[16], tell=str)
    assert outcome["results"] == []
    assert outcome["lacking"]["wrk"] == f"to get it: {machine.CURES['wrk']}"
    assert {"section press", "section misses"} <= outcome["lacking"].keys()


def test_token_of_a_form_is_found():
    assert Token('<form><input type="hidden" value="abc" name="csrf_token"></form>').found == "abc"


@pytest.mark.skipif(os.name != "posix", reason="the bench keeps processes on their cores, as POSIX can")
def test_pressed_pages_are_measured(manage: Manage, instance: Path, tmp_path: Path):
    needs_wrk()
    file = tmp_path / "figures.json"
    told = ("--seconds", "0.1", "--repeat", "1", "--threads", "16", "--content", str(SAMPLE))
    # It starts six processes, one after the other, and the other tests have the cores as well.
    done = manage("bench", "press", *told, "--json", str(file), timeout=300, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text())
    names = {result["name"] for result in figures["results"]}
    assert {"home, 16 threads", "post, 16 threads: p99", "post, not changed (304)"} <= names, done.stdout
    assert all(result.keys() == KEYS for result in figures["results"])
    # The system counts a processor's time in hundredths of a second: so short a turn may take none.
    assert all(result["median"] > 0 for result in figures["results"] if "processor" not in result["name"])
    assert figures["machine"]["cores"] > 0
    assert "section press" not in figures["lacking"]
    assert "home, 16 threads" in done.stdout
    assert not instance.exists()  # the site that is here was not touched
    assert os.listdir(tmp_path) == [file.name]
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in running


def test_what_a_visit_costs_is_measured():
    """It stands for those that are run by name: all of them make their sites alike."""
    command = [sys.executable, "-m", "bench.visits", "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"counting alone \d+\.\d\d µs", done.stdout)
