import pytest

from broadsheet.lib import passwords


@pytest.mark.parametrize(
    "password", ["Ann Author", "annauthor", "ANN@example.com", "ann", "aaaaaaaaaaaaa", "ababababab"]
)
def test_finds_what_is_about_a_person(password):
    assert passwords.is_about(password, "Ann Author", "ann@example.com", "")


@pytest.mark.parametrize(
    "password", ["Password123", "1q2w3e4r5t", " QWERTY uiop", "juanfelipe", "let me in please"]
)
def test_finds_what_many_have(password):
    assert passwords.is_common(password)


def test_leaves_good_ones_alone():
    for password in ("correct horse battery", "Löwenzahn im Regen", "写真と言葉と海と", "🦀" * 3 + "abcdefg"):
        assert not passwords.is_common(password)
        assert not passwords.is_about(password, "Ann Author", "ann@example.com", "The Site")


def test_nobody_has_no_password():
    assert not passwords.matches("", None)
    assert not passwords.matches("nobody", None)


def test_matches_its_own_hash_only():
    encoded = passwords.hashed("a secret")
    assert passwords.matches("a secret", encoded)
    assert not passwords.matches("another", encoded)
    assert not passwords.matches("a secret", "no hash at all")
