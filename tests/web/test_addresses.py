import pytest

from broadsheet.web.addresses import LARGEST, without_slash


@pytest.mark.parametrize("number", [LARGEST, LARGEST + 1, 10**30])
def test_number_that_no_database_holds_is_not_found(client, number):
    assert client.get(f"/post/{number}").status_code == 404


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("/archive/", "/archive"),
        ("/archive/2024/", "/archive/2024"),
        ("/tag/notes//", "/tag/notes"),
        ("/post/7/привет/", "/post/7/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82"),
        ("/archive", None),
        ("/", None),
        ("/no/such/address/", None),
    ],
)
def test_slash_at_the_end_is_taken_away_where_something_stands(app, address, right):
    with app.test_request_context(address):
        assert without_slash() == right
