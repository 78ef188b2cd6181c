"""Codes of authenticator apps, and recovery codes."""

from datetime import UTC, datetime

import pytest

from broadsheet.lib import one_time_codes, recovery_codes

# RFC 6238, appendix B: "12345678901234567890", of which we use the last six digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037"), (20000000000, "353130")]
)
def test_they_are_those_of_the_standard(at, code):
    assert one_time_codes.step_of(code, SECRET, datetime.fromtimestamp(at, UTC)) == at // 30


def test_a_clock_may_be_a_step_off_and_no_more():
    step = 1111111109 // 30

    def found_in(other):
        return one_time_codes.step_of("081804", SECRET, datetime.fromtimestamp(other * 30, UTC))

    assert [found_in(step + off) for off in (-2, -1, 0, 1, 2)] == [None, step, step, step, None]


@pytest.mark.parametrize("typed", ["287 082", " 287082 "])
def test_spaces_do_not_matter(typed):
    assert one_time_codes.step_of(typed, SECRET, datetime.fromtimestamp(59, UTC)) == 1


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "28708x", "２８７０８２", "-87082"])
def test_what_is_no_code_is_none(typed):
    assert one_time_codes.step_of(typed, SECRET, datetime.fromtimestamp(59, UTC)) is None


def test_the_qr_code_is_drawn_in_place():
    address = one_time_codes.address(SECRET, account="ann@example.com", issuer='The <"Daily">')
    assert address.startswith("otpauth://totp/")
    assert f"secret={SECRET}" in address
    drawn = one_time_codes.drawn(address)
    assert drawn.startswith("<svg ")
    assert "style=" not in drawn, "the content security policy would drop it"


def test_recovery_codes_are_random_and_read_kindly():
    codes = {recovery_codes.new_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 29 and recovery_codes.tidied(code) == code for code in codes)
    assert recovery_codes.tidied(" 7K3MQOzt 9abcxw4P ") == "7k3m-q0zt-9abc-xw4p"
    assert recovery_codes.tidied("il10") == "1110"
