import pytest

from broadsheet.lib.links import is_outward_link


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://example.org/a?b#c", "mailto:ann@example.org", "HTTPS://example.org"],
)
def test_takes_whole_addresses(url):
    assert is_outward_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "/about",
        "//example.org",
        "javascript:alert(1)",
        "java\nscript:x",
        "https://",
        "https:///a",
        "https://a b",
        "mailto:ann",
        "mailto:@",
        "data:text/html,x",
        "http://[",
        "https:\\\\example.org",
        "ftp://example.org",
    ],
)
def test_refuses_everything_else(url):
    assert not is_outward_link(url)
