import pytest

from broadsheet.lib.readers import host_of, is_browser, is_reading

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)


@pytest.mark.parametrize(
    "name", [FIREFOX, SAFARI, "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1", "w3m/0.5.3"]
)
def test_people_read_with_browsers(name):
    assert is_browser(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Werkzeug/3.1",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/156.0 Safari/537.36",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; UptimeRobot/2.0)",
        "Feedly/1.0",
        "Mozilla/5.0 (compatible; SemrushBot/7~bl)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    ],
)
def test_programs_do_not(name):
    assert not is_browser(name)


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_X_MOZ": "prefetch"},
        {"HTTP_SEC_FETCH_DEST": "empty"},
        {"HTTP_SEC_FETCH_DEST": "iframe"},
    ],
)
def test_what_is_fetched_ahead_or_aside_is_not_read(environ):
    assert not is_reading(environ)


def test_what_somebody_opened_is_read():
    assert is_reading({})
    assert is_reading({"HTTP_SEC_FETCH_DEST": "document"})


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://News.Example.org/item?id=1", "news.example.org"),
        ("https://www.example.com", "example.com"),
        ("http://example.com:8080/", "example.com"),
        ("android-app://com.example.app/", "com.example.app"),
        ("", ""),
        ("nonsense", ""),
        ("https://[::1", ""),
        ("https://localhost/", "localhost"),
        ("https://" + "a" * 300 + ".com/", ""),
        ("https://<script>.com/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_host_of_a_referrer(referrer, host):
    assert host_of(referrer) == host
