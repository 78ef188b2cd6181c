"""Programs with the tokens of the cast."""

from collections.abc import Callable

import pytest
from flask import Flask

from broadsheet.models import Passkey, User
from program import Program, program


@pytest.fixture
def stranger(app: Flask) -> Program:
    return program(app)


@pytest.fixture
def anns(app: Flask, ann: User) -> Program:
    return program(app, ann)


@pytest.fixture
def eds(app: Flask, ed: User) -> Program:
    return program(app, ed)


@pytest.fixture
def adas(app: Flask, ada: User) -> Program:
    return program(app, ada)


@pytest.fixture
def token_for(app: Flask) -> Callable[..., Program]:
    """`token_for(ann, Scope.CONTENT_READ)`."""
    return lambda *asked: program(app, *asked)


@pytest.fixture
def passkey() -> Passkey:
    """A second factor that is nobody's yet."""
    return Passkey(name="Phone", credential_id="AAAA", public_key="AAAA", handle="AAAA", host="localhost")
