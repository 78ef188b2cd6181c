"""The names of languages, without all that is known of them."""

import pytest

from broadsheet.lib import languages


@pytest.mark.parametrize("tag", languages.TAGS)
def test_name_is_that_of_cldr(tag):
    assert languages.name(tag) == languages.name_in_cldr(tag)


@pytest.mark.parametrize(("tag", "name"), [("tlh", "tlh"), ("x", "x"), ("de-LI", "Deutsch (Liechtenstein)")])
def test_language_that_is_not_offered_has_its_name_too(tag, name):
    assert languages.name(tag) == name
