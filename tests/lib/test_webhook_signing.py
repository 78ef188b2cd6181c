"""Signatures of webhooks: those that every library of the Standard Webhooks checks."""

import base64

import pytest

from broadsheet.lib import webhook_signing

# The example by which the libraries of the specification are tested (github.com/standard-webhooks).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_signs_the_example_of_the_specification() -> None:
    assert webhook_signing.signature(SECRET, ID, TIMESTAMP, BODY) == SIGNATURE


def test_each_secret_has_its_signature() -> None:
    other = webhook_signing.new_secret()
    headers = webhook_signing.headers([other, SECRET], ID, TIMESTAMP, BODY)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (ID, "1614265330")
    first, second = headers["webhook-signature"].split(" ")
    assert (first, second) == (webhook_signing.signature(other, ID, TIMESTAMP, BODY), SIGNATURE)


def test_a_new_secret_is_as_the_specification_wants_it() -> None:
    secret = webhook_signing.new_secret()
    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_!", "whsec_" + "A" * 12, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
def test_what_is_no_secret_signs_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="a secret is"):
        webhook_signing.signature(secret, ID, TIMESTAMP, BODY)
