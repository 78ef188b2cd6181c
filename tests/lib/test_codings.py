"""Headers that are longer than anybody's need."""

from broadsheet.lib import codings
from broadsheet.lib.codings import accepted, best, is_known


def test_long_header_is_neither_read_nor_remembered():
    remembered = codings._accepted.cache_info().currsize, codings._best.cache_info().currsize
    assert accepted("gzip," * 1_000) == ()
    assert best("gzip," * 1_000) == ""
    assert remembered == (codings._accepted.cache_info().currsize, codings._best.cache_info().currsize)


def test_of_more_tags_than_anybody_has_none_is_known():
    assert is_known('"ours"', '"theirs", W/"ours"')
    assert not is_known('"ours"', '"theirs",' * 1_000 + '"ours"')
