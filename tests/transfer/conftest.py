"""A site with something of every kind, and its frozen twins; tests read them and change nothing."""

from collections.abc import Iterator

import pytest
from flask import Flask

import frozen
from frozen import FrozenSite
from stage import Database


@pytest.fixture(scope="session")
def filled(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield from frozen.filled(database, tmp_path_factory.mktemp("filled"))


@pytest.fixture(scope="session")
def site(filled: Flask, tmp_path_factory: pytest.TempPathFactory) -> FrozenSite:
    with filled.app_context():
        return frozen.freeze(filled, tmp_path_factory.mktemp("frozen") / "site")


@pytest.fixture(scope="session")
def plain_site(filled: Flask, tmp_path_factory: pytest.TempPathFactory) -> FrozenSite:
    with filled.app_context():
        return frozen.freeze(filled, tmp_path_factory.mktemp("plain") / "site", plain=True)


@pytest.fixture
def live(filled: Flask) -> frozen.Ask:
    """What the site itself answers at an address."""
    return frozen.asking(filled)
