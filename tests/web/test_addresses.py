from urllib.parse import urlsplit

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


@pytest.mark.parametrize("start", ["//", "///", "/\\", "//\\", "/\\/", "/\t/", "/\n/", "/ /", "/@", "/.//"])
@pytest.mark.parametrize("rest", ["/", "//", "/about/", "/about", "//archive/", "\\about/", "/../tag/notes/"])
def test_no_address_leads_to_another_site(client, post, start, rest):
    """As a server hands it over: the path is decoded, and may begin with what browsers take for a host."""
    answer = client.get("/", environ_overrides={"PATH_INFO": f"{start}evil.example{rest}"})
    location = answer.headers.get("Location", "/")
    assert urlsplit(location).netloc in ("", "localhost")
    assert not location.startswith(("//", "/\\"))
    assert not set(location) & set("\\\t\n\r ")


@pytest.mark.parametrize("host", ["elsewhere.example", "x" * 3000])
def test_host_under_which_the_site_does_not_answer_is_refused_without_a_fuss(make_app, caplog, host):
    app = make_app(BROADSHEET_TRUSTED_HOSTS="news.example")
    with app.app_context():
        client = app.test_client()
        answer = client.get("/", headers={"Host": host})
        assert (answer.status_code, caplog.text) == (400, "")
        assert "Content-Security-Policy" in answer.headers
        assert client.get("/", headers={"Host": "news.example"}).status_code == 503  # nobody has set it up
