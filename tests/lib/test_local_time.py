from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from broadsheet.lib.local_time import SkippedTime, comes_twice, moment

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_time_on_the_wall_means_a_moment():
    assert moment(datetime(2026, 7, 1, 9, 30), BERLIN) == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert moment(datetime(2026, 12, 1, 9, 30), BERLIN) == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_means_none():
    with pytest.raises(SkippedTime):
        moment(datetime(2026, 3, 29, 2, 30), BERLIN)


def test_a_time_that_comes_twice_means_the_first():
    twice = datetime(2026, 10, 25, 2, 30)
    assert comes_twice(twice, BERLIN)
    assert moment(twice, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("wall", [datetime(2026, 10, 25, 3, 30), datetime(2026, 3, 29, 2, 30)])
def test_most_times_do_not_come_twice(wall):
    assert not comes_twice(wall, BERLIN)
