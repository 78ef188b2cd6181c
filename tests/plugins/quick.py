"""What makes the suite quick and changes nothing of what it proves: each thing is made once for all sites."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from broadsheet import ROOT, edition
from broadsheet.lib import passwords
from broadsheet.web import static

# A site of a test is a hundred thousand objects, many in rings: looked through as often as Python does by
# itself, they cost more time than all else that a site needs to come up.
NEW_OBJECTS = 50_000


def pytest_collection_finish() -> None:
    """The code and the tests stay to the end: nobody need look through them for what is not used any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2id with its least parameters: the same code, without 64 MiB for each sign-in."""
    patch = pytest.MonkeyPatch()
    quick = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_hasher", quick)
    patch.setattr(passwords, "_nobody", quick.hash("nobody"))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def no_waiting() -> Iterator[None]:
    """Within one process the edition is looked up each time, and nobody waits for other processes."""
    patch = pytest.MonkeyPatch()
    patch.setattr(edition, "WINDOW", dict.fromkeys(edition.WINDOW, 0.0))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def quick_routes() -> Iterator[None]:
    """Routes are compiled for the first site and serve all others."""
    patch = pytest.MonkeyPatch()
    compile_builder, compile_rule = Rule._compile_builder, Rule.compile
    builders: dict[tuple[object, ...], Callable[..., object]] = {}
    parsed: dict[tuple[object, ...], dict[str, Any]] = {}

    def key(rule: Rule) -> tuple[object, ...]:
        return rule.rule, rule.subdomain, rule.host, str(rule.defaults), rule.merge_slashes

    def build_once(rule: Rule, append_unknown: bool = True) -> Callable[..., object]:
        wanted = (*key(rule), append_unknown)
        if wanted not in builders:
            builders[wanted] = compile_builder(rule, append_unknown)
        return builders[wanted]

    def compile_once(rule: Rule) -> None:
        if key(rule) not in parsed:
            compile_rule(rule)
            parsed[key(rule)] = {
                name: vars(rule)[name] for name in ("_parts", "_trace", "_converters", "arguments")
            }
        else:
            vars(rule).update(parsed[key(rule)])
            rule._build = build_once(rule, False).__get__(rule, None)
            rule._build_unknown = build_once(rule, True).__get__(rule, None)

    patch.setattr(Rule, "_compile_builder", build_once)
    patch.setattr(Rule, "compile", compile_once)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def quick_files() -> Iterator[None]:
    """The files under static/ are read, and compressed, for the first site."""
    patch = pytest.MonkeyPatch()
    read = static.Files.__init__
    kept: dict[str, Any] = {}

    def read_once(files: static.Files, folder: Path) -> None:
        if folder != ROOT / "static":
            read(files, folder)
            return
        if not kept:
            read(files, folder)
            kept.update(vars(files))
        vars(files).update(kept)

    patch.setattr(static.Files, "__init__", read_once)
    yield
    patch.undo()
