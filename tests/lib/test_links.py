import pytest

from broadsheet.lib.links import is_outward_link, is_path


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
        "http://example.org:99999/",
        "http://example.org:0/",
    ],
)
def test_refuses_everything_else(url):
    assert not is_outward_link(url)


@pytest.mark.parametrize("url", ["/", "/about", "/tag/a%20b?page=2#top", "/post/7/łódź"])
def test_knows_a_path_of_this_site(url):
    assert is_path(url)


@pytest.mark.parametrize(
    "url", ["", "about", "//evil.example", "/\\evil.example", "/\t/evil.example", "/a b", "https://a.example"]
)
def test_what_leads_elsewhere_is_no_path(url):
    assert not is_path(url)
