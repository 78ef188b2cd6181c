import re
import zlib

from broadsheet.lib import api_tokens


def test_a_token_is_the_prefix_32_random_characters_and_6_of_a_checksum():
    one, other = api_tokens.new_token(), api_tokens.new_token()
    assert one != other
    assert re.fullmatch(r"bsh_[0-9A-Za-z]{38}", one)
    assert api_tokens.is_well_formed(one)


def test_the_checksum_is_what_the_documentation_says():
    """CRC-32 in base 62, the digits before the capitals before the small letters, zeros in front."""
    for random in ("0" * 32, "3q5jzlUDcVp6bLyw8tDEANJ0HrRvkWmX"):
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        value = 0
        for character in api_tokens.checksum(random):
            value = value * 62 + digits.index(character)
        assert value == zlib.crc32(random.encode())
        assert len(api_tokens.checksum(random)) == 6
        assert api_tokens.is_well_formed(f"bsh_{random}{api_tokens.checksum(random)}")


def test_whatever_is_not_quite_a_token_is_none():
    token = api_tokens.new_token()
    other = "0" if token[10] != "0" else "1"
    for wrong in (
        "",
        "bsh_",
        token[:-1],
        token + "0",
        token + "\n",
        token[:10] + other + token[11:],  # one character mistyped
        token.swapcase(),
        "ghp_" + token[4:],
        token[:20] + "٣" + token[21:],  # a digit to Unicode
    ):
        assert not api_tokens.is_well_formed(wrong), wrong


def test_a_scanner_finds_a_token_in_a_text():
    token = api_tokens.new_token()
    assert api_tokens.REGEX.findall(f'curl -H "Authorization: Bearer {token}" # x{token}') == [token]
