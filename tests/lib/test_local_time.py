from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from broadsheet.lib.local_time import SkippedTime, comes_twice, moment

BERLIN = ZoneInfo("Europe/Berlin")


def wall(shown: str) -> datetime:
    """What a clock shows, which knows no zone."""
    return datetime.fromisoformat(shown)


def test_a_time_on_the_wall_means_a_moment():
    assert moment(wall("2026-07-01 09:30"), BERLIN) == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert moment(wall("2026-12-01 09:30"), BERLIN) == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_means_none():
    with pytest.raises(SkippedTime):
        moment(wall("2026-03-29 02:30"), BERLIN)


def test_a_time_that_comes_twice_means_the_first():
    twice = wall("2026-10-25 02:30")
    assert comes_twice(twice, BERLIN)
    assert moment(twice, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("shown", ["2026-10-25 03:30", "2026-03-29 02:30"])
def test_most_times_do_not_come_twice(shown):
    assert not comes_twice(wall(shown), BERLIN)
