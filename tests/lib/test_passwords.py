import pytest

from broadsheet.lib import passwords


@pytest.mark.parametrize(
    "password",
    ["Ann Author", "annauthor", "ANN@example.com", "ann", "Password123", "aaaaaaaaaaaaa", "ababababab"],
)
def test_finds_what_is_tried_first(password):
    assert passwords.is_guessable(password, "Ann Author", "ann@example.com", "")


def test_leaves_good_ones_alone():
    assert not passwords.is_guessable("correct horse battery", "Ann Author", "ann@example.com", "The Site")


def test_nobody_has_no_password():
    assert not passwords.matches("", None)
    assert not passwords.matches("nobody", None)


def test_matches_its_own_hash_only():
    encoded = passwords.hashed("a secret")
    assert passwords.matches("a secret", encoded)
    assert not passwords.matches("another", encoded)
    assert not passwords.matches("a secret", "no hash at all")
