from urllib.parse import urlsplit

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from broadsheet.web.addresses import LARGEST
from broadsheet.web.right_address import right_address


@pytest.mark.parametrize("number", [LARGEST, LARGEST + 1, 10**30])
def test_number_that_no_database_holds_is_not_found(client, number):
    assert client.get(f"/post/{number}").status_code == 404


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("/archive/", "/archive"),
        ("/archive/2024/", "/archive/2024"),
        ("/tag/notes//", "/tag/notes"),
        ("/desk/posts/7/edit/", "/desk/posts/7/edit"),
        ("/archive", None),
        ("/", None),
        ("/no/such/address/", None),
        ("/no-such-page/", None),
        ("/No-Such-Page", None),
        ("/TAG/no-such-tag", None),
        ("/static/css/Style.css", None),
        ("/Preview/A-Secret", None),
    ],
)
def test_slashes_and_capitals_are_taken_away_where_something_stands(app, post, address, right):
    with app.test_request_context(address):
        assert right_address() == right


@pytest.mark.parametrize("start", ["//", "///", "/\\", "//\\", "/\\/", "/\t/", "/\n/", "/ /", "/@", "/.//"])
def test_no_address_leads_to_another_site(client, post, start):
    """As a server hands it over: the path is decoded, and may begin with what browsers take for a host."""
    for rest in ("/", "//", "/about/", "/about", "//archive/", "\\about/", "/../tag/notes/"):
        answer = client.get("/", environ_overrides={"PATH_INFO": f"{start}evil.example{rest}"})
        location = answer.headers.get("Location", "/")
        assert urlsplit(location).netloc in ("", "localhost")
        assert not location.startswith(("//", "/\\"))
        assert not set(location) & set("\\\t\n\r ")


@pytest.mark.parametrize("path", ["/", "/search", "/search/", "/no/such/address"])
def test_question_in_no_known_letters_is_refused(client, path):
    assert client.get(path, environ_overrides={"QUERY_STRING": "q=\xff"}).status_code == 400


@pytest.mark.parametrize("host", ["elsewhere.example", "x" * 3000])
def test_host_under_which_the_site_does_not_answer_is_refused_without_a_fuss(make_app, caplog, host):
    app = make_app(BROADSHEET_TRUSTED_HOSTS="news.example")
    with app.app_context():
        client = app.test_client()
        answer = client.get("/", headers={"Host": host})
        assert (answer.status_code, caplog.text) == (400, "")
        assert "Content-Security-Policy" in answer.headers
        assert client.get("/", headers={"Host": "news.example"}).status_code == 503  # nobody has set it up


@pytest.mark.parametrize("host", ["x y", 'a"><script>', "evil.example:99999", "a/b", "", "[::1", "ü.example"])
@pytest.mark.parametrize("path", ["/", "/tag//notes", "/health/live"])
def test_what_is_no_host_is_refused(client, post, caplog, host, path):
    answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, caplog.text) == (400, "")
    assert "Location" not in answer.headers
    assert "canonical" not in answer.text


def test_what_only_looks_like_an_address_is_refused(app):
    # Not by a client, which could not take it apart itself.
    with app.test_request_context("/", headers={"Host": "[1:::2]"}):
        assert app.full_dispatch_request().status_code == 400


@pytest.mark.parametrize("host", ["xn--a", "www.xn--a.example"])
@pytest.mark.parametrize("path", ["/", "/contact", "/tag//notes", "/health/live"])
def test_what_only_looks_like_an_international_name_is_refused(app, caplog, host, path):
    # Past the client, which stumbles over such a name itself.
    environ = EnvironBuilder(path, headers={"Host": host}).get_environ()
    body, status, _headers = run_wsgi_app(app, environ)
    assert (status, caplog.text) == ("400 BAD REQUEST", "")
    assert b"canonical" not in b"".join(body)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("xn--kln-sna.example", 200),
        ("XN--KLN-SNA.example:443", 200),
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("10.1.2.3:8000", 200),
        ("elsewhere.example", 400),
        ("xn--kln-sna.example.elsewhere.example", 400),
    ],
)
def test_public_address_says_under_which_name_the_site_answers(make_app, host, status):
    app = make_app(BROADSHEET_SITE_URL="https://Köln.example", BROADSHEET_HOST="10.1.2.3")
    with app.app_context():
        assert app.test_client().get("/health/live", headers={"Host": host}).status_code == status


def test_without_settings_the_site_answers_under_any_name(client):
    assert client.get("/health/live", headers={"Host": "news.example"}).status_code == 200
