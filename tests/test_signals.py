"""The events of the site: each is documented, and each is sent by something. That each carries what is
documented, plugins/announced.py sees in every test."""

import ast
from pathlib import Path

import pytest
from blinker import NamedSignal

import broadsheet
from broadsheet import signals
from broadsheet.commands import reference
from broadsheet.extensions import db
from broadsheet.models.event import happened

PACKAGE = Path(broadsheet.__file__).parent
SIGNALS = {name: value for name, value in vars(signals).items() if isinstance(value, NamedSignal)}


def test_every_signal_is_documented_under_its_own_name():
    assert {name: value.name for name, value in SIGNALS.items()} == {name: name for name in signals.every()}
    for meaning in signals.every().values():
        assert meaning.when.endswith(".")
        assert meaning.sender
        assert all(meaning.arguments.values())


def test_the_reference_tells_of_each_when_it_is_sent_by_what_and_with_what():
    page = reference.signals_page()
    assert "## Sent after the commit" in page
    for name, meaning in signals.every().items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.split(" | ")[1:3] == [meaning.when, meaning.sender]
        assert all(f"`{argument}`: " in row for argument in meaning.arguments)


def words() -> set[str]:
    """Every attribute and every literal word of the package, but for where signals are only told of."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name in ("signals.py", "event_words.py", "subscribers.py", "account_notices.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_signal_is_sent_by_something():
    """By its name, or as the verb of its kind of subject."""
    said = words()
    assert [name for name in signals.every() if name not in said and not sent_by_verb(name, said)] == []


def sent_by_verb(name: str, said: set[str]) -> bool:
    verb = name.partition("_")[2]
    return verb in said or f"_{verb}" in said


@pytest.mark.parametrize("arguments", [{}, {"at": None, "more": 1}])
def test_a_signal_with_other_arguments_than_documented_fails_its_test(post, arguments):
    with pytest.raises(AssertionError, match="the arguments of post_scheduled"):
        happened(signals.post_scheduled, post, **arguments)
    db.session.rollback()


def test_a_signal_of_another_sender_fails_its_test(ann):
    with pytest.raises(AssertionError, match="has the sender User"):
        happened(signals.post_published, ann)
    db.session.rollback()
