"""In which coding an answer travels, and by which tag it is known again."""

import time

import pytest

from broadsheet.lib import codings
from broadsheet.lib.codings import CODINGS, accepted, best, decoded, densest, encoded, is_known


def test_long_header_is_neither_read_nor_remembered():
    remembered = codings._accepted.cache_info().currsize, codings._best.cache_info().currsize
    assert accepted("gzip," * 1_000) == ()
    assert best("gzip," * 1_000) == ""
    assert remembered == (codings._accepted.cache_info().currsize, codings._best.cache_info().currsize)


def test_of_more_tags_than_anybody_has_none_is_known():
    assert is_known('"ours"', '"theirs", W/"ours"')
    assert not is_known('"ours"', '"theirs",' * 1_000 + '"ours"')


@pytest.mark.parametrize("header", ["br;q=x", "br;q=0;v=1", ";", ",,;q", "gzip;q=0.000, *;q=0"])
def test_header_that_makes_no_sense_allows_nothing(header):
    assert accepted(header) == ()


@pytest.mark.parametrize("encode", [encoded, densest])
@pytest.mark.parametrize("coding", CODINGS)
def test_bytes_do_not_depend_on_the_time(monkeypatch, encode, coding):
    text = b"The same words. " * 100
    now = encode(text, coding)
    monkeypatch.setattr(time, "time", lambda: 1e9)
    assert encode(text, coding) == now
    assert decoded(now, coding) == text
