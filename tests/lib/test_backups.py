from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from broadsheet.lib import backups
from broadsheet.lib.backups import Keep

NOW = datetime(2026, 11, 29, 3, 30, tzinfo=UTC)  # a Sunday
BERLIN = ZoneInfo("Europe/Berlin")


def test_the_rule_keeps_days_weeks_and_months() -> None:
    every_day = [NOW - timedelta(days=day) for day in range(400)]
    kept = backups.kept_of(every_day, Keep(daily=3, weekly=3, monthly=3), BERLIN)
    assert [f"{at:%m-%d}" for at in sorted(kept, reverse=True)] == [
        *("11-29", "11-28", "11-27"),
        *("11-22", "11-15"),
        *("10-31", "09-30"),
    ]


def test_a_gap_takes_nothing_away() -> None:
    old = [NOW - timedelta(days=200 + day) for day in range(3)]
    assert backups.kept_of(old, Keep(2, 0, 0), BERLIN) == set(old[:2])
    assert backups.kept_of(old, Keep(0, 0, 1), BERLIN) == {old[0]}
    twice = [NOW, NOW - timedelta(hours=2)]
    assert backups.kept_of(twice, Keep(7, 4, 6), BERLIN) == {NOW}


def test_only_what_it_has_named_itself_is_deleted(tmp_path: Path) -> None:
    for day in range(1, 4):
        (tmp_path / backups.new_name(NOW - timedelta(days=day))).touch()
    others = [
        "site.zip",
        "broadsheet-x.zip",
        "before-restore-20200101T000000Z.zip",
        "broadsheet-20209999T000000Z.zip",
    ]
    for name in others:
        (tmp_path / name).touch()
    dropped = backups.thin_out(tmp_path, Keep(1, 0, 0), BERLIN, NOW)
    assert [path.name for path in dropped] == [
        "broadsheet-20261127T033000Z.zip",
        "broadsheet-20261126T033000Z.zip",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"broadsheet-20261128T033000Z.zip", *others}


def test_what_is_ahead_of_the_clock_pushes_nothing_out(tmp_path: Path) -> None:
    names = {backups.new_name(NOW + timedelta(days=day)) for day in (0, *range(1000, 1009))}
    for name in names:
        (tmp_path / name).touch()
    assert backups.thin_out(tmp_path, Keep(2, 0, 0), BERLIN, NOW) == []
    assert backups.drop_all_but(tmp_path, 1, NOW) == []
    assert {path.name for path in tmp_path.iterdir()} == names


def test_it_is_due_at_a_time_of_the_site() -> None:
    at = time(3, 30)
    assert backups.last_due(NOW, at, BERLIN) == datetime(2026, 11, 29, 2, 30, tzinfo=UTC)
    assert backups.last_due(NOW - timedelta(hours=2), at, BERLIN) == datetime(2026, 11, 28, 2, 30, tzinfo=UTC)


def test_what_was_put_aside_is_no_backup(tmp_path: Path) -> None:
    assert backups.newest(tmp_path / "nowhere") is None
    for name in ("before-upgrade-from-0007-x.db", ".broadsheet-20261128T033000Z.zip.0a"):
        (tmp_path / name).touch()
    assert backups.newest(tmp_path) is None
    (tmp_path / "of the cron job.tar").touch()
    assert backups.newest(tmp_path) is not None
