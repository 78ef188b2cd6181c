import pytest

from broadsheet.web.origin import is_from_here

FROM_HERE = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": "http://localhost"},
]
FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "null"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Origin": "http://localhost:8080"},
]


@pytest.mark.parametrize("headers", FROM_HERE)
def test_our_own_pages_are_known(app, headers):
    with app.test_request_context("/", headers=headers):
        assert is_from_here()
        assert is_from_here(required=True)


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_foreign_pages_are_known(app, headers):
    with app.test_request_context("/", headers=headers):
        assert not is_from_here()
        assert not is_from_here(required=True)


def test_client_that_says_nothing_passes_unless_it_must_say(app):
    with app.test_request_context("/"):
        assert is_from_here()
        assert not is_from_here(required=True)


@pytest.mark.parametrize("path", ["/contact", "/submit"])
def test_form_without_a_token_is_guarded(client, path):
    for headers in FROM_ELSEWHERE:
        assert client.post(path, headers=headers).status_code == 400
    for headers in [*FROM_HERE, {}]:
        assert client.post(path, headers=headers).status_code == 422
