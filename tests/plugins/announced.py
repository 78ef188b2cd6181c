"""Whatever a test makes happen: each signal has the arguments and the sender that its documentation names."""

from collections.abc import Iterator

import pytest

from broadsheet import signals
from broadsheet.database import Session


def check(name: str, sender: object, arguments: dict[str, object]) -> None:
    """Raises AssertionError."""
    meaning = signals.every()[name]
    assert arguments.keys() == meaning.arguments.keys(), (
        f"the arguments of {name} are not those of signals.py"
    )
    kind = type(sender).__name__
    assert kind in meaning.sender.split(" or "), f"{name} has the sender {kind}, and signals.py says another"


@pytest.fixture(scope="session", autouse=True)
def as_documented() -> Iterator[None]:
    """Where a verb announces, so that it is the verb's test that fails."""
    patch = pytest.MonkeyPatch()
    announce = Session.announce

    def announce_checked(session: Session, signal: object, sender: object, **arguments: object) -> None:
        if name := getattr(signal, "name", ""):  # else it is none of the site's events
            check(name, sender, arguments)
        announce(session, signal, sender, **arguments)

    patch.setattr(Session, "announce", announce_checked)
    yield
    patch.undo()
