"""What several tests of accounts begin with."""

import pytest
import time_machine

from app_codes import set_up
from broadsheet.lib import clock


@pytest.fixture
def standing_still():
    """A code is right for half a minute; a test takes as long as it takes."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def with_app(sign_in, ann, standing_still):
    """Ann's app, and her recovery codes; the code of its set-up is over."""
    app, codes = set_up(sign_in(ann), ann)
    standing_still.shift(60)
    return app, codes
