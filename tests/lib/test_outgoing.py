"""Requests to other sites: real ones, to a real server on this machine, through the guard."""

import warnings
from collections.abc import Iterator
from ipaddress import ip_address

import httpx2
import pytest

from broadsheet.lib.outgoing import Forbidden, Guard, ask, is_public
from other_site import OtherSite, other_site


@pytest.fixture
def server() -> Iterator[OtherSite]:
    with other_site() as server:
        yield server


# `inside.test` is a name that leads into a private network, as an attacker's would.
NAMES = {"public.test": ["127.0.0.1"], "other.test": ["127.0.0.1"], "both.test": ["127.0.0.1", "10.0.0.1"]}
OPEN = Guard(
    resolve=lambda host, port: NAMES.get(host, ["10.0.0.1"]), allows=lambda address: address.is_loopback
)


def test_answer_is_that_of_the_last_of_its_redirects(server: OtherSite) -> None:
    answer = ask("GET", f"http://public.test:{server.server_port}/to/other.test", guard=OPEN, with_body=True)
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.url == f"http://other.test:{server.server_port}/ok"
    assert [host.partition(":")[0] for _, _, host in server.asked] == ["public.test", "other.test"]


@pytest.mark.parametrize("host", ["inside.test", "both.test"])
def test_name_that_leads_inside_is_not_asked(server: OtherSite, host: str) -> None:
    with pytest.raises(Forbidden):
        ask("GET", f"http://{host}:{server.server_port}/", guard=OPEN)
    assert server.asked == []


def test_redirect_that_leads_inside_is_not_followed(server: OtherSite) -> None:
    with pytest.raises(Forbidden):
        ask("GET", f"http://public.test:{server.server_port}/to/inside.test", guard=OPEN)
    assert len(server.asked) == 1


def test_name_is_resolved_once_so_that_it_cannot_change_its_mind(server: OtherSite) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    guard = Guard(resolve=lambda host, port: next(answers), allows=lambda address: address.is_loopback)
    assert ask("GET", f"http://public.test:{server.server_port}/ok", guard=guard).status == 200


HERE = [
    *("127.0.0.1", "127.1", "localhost", "localhost.", "[::1]", "0.0.0.0", "0", "[::]"),  # noqa: S104  # asked, not bound to
    *("2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.0.0.1.", "127.000.000.001"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    *("\u2460\u2461\u2466.0.0.1", "127\u30020\u30020\u30021", "x@127.0.0.1", "[fe80::1%25lo]", "[::1%25lo]"),
]


@pytest.mark.parametrize("host", HERE)
def test_this_machine_is_never_asked(server: OtherSite, host: str) -> None:
    with pytest.raises((Forbidden, httpx2.HTTPError, httpx2.InvalidURL)):
        ask("GET", f"http://{host}:{server.server_port}/")
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("0.0.0.0", False),  # noqa: S104  # this machine, to many systems
        ("0.1.2.3", False),
        ("127.255.255.254", False),
        ("172.31.255.255", False),
        ("192.168.0.1", False),
        ("192.0.0.8", False),
        ("192.0.0.170", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("2001:0:7f00:1::80ff:fffe", False),  # Teredo, whose client is 127.0.0.1
        ("2002:a9fe:a9fe::", False),
        ("::ffff:169.254.169.254", False),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),  # the credentials of many a cloud
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),  # the same, through NAT64
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::", False),
        ("::7f00:1", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b:1::7f00:1", False),  # a NAT64 of one's own
        ("fec0::1", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_no_more_is_read_than_is_needed(server: OtherSite) -> None:
    url = f"http://public.test:{server.server_port}/large"
    assert len(ask("GET", url, guard=OPEN, with_body=True).body) == 65_536
    assert ask("GET", url, guard=OPEN).body == b""


def test_whoever_speaks_slowly_is_left_at_the_deadline(server: OtherSite) -> None:
    """With patience it would answer, after ten seconds; and none of its pauses is a long one."""
    with pytest.raises(httpx2.HTTPError):
        ask("GET", f"http://public.test:{server.server_port}/slow", guard=OPEN, seconds=0.5)


def test_patience_is_in_seconds_or_a_date(server: OtherSite) -> None:
    url = f"http://public.test:{server.server_port}/patience"
    assert ask("HEAD", f"{url}/120", guard=OPEN).retry_after == 120
    later = ask("HEAD", f"{url}/Fri,%2031%20Dec%202100%2023:59:59%20GMT".replace("%20", " "), guard=OPEN)
    assert later.status == 429


@pytest.mark.parametrize("said", ["%B2", "Mon,%2099%20Jan%2099999999999999999999999%200:0:0%20+0000"])
def test_nonsense_about_patience_is_passed_over(server: OtherSite, said: str) -> None:
    answer = ask("HEAD", f"http://public.test:{server.server_port}/patience/{said}", guard=OPEN)
    assert (answer.status, answer.retry_after) == (429, None)


def test_nothing_is_unpacked(server: OtherSite) -> None:
    answer = ask("GET", f"http://public.test:{server.server_port}/packed", guard=OPEN, with_body=True)
    assert len(answer.body) < 1000


@pytest.mark.parametrize("cookie", ["two=2", "two=2; Max-Age=%B2", "two=2; Expires=%B2; Version=%B2; Port=x"])
def test_no_cookie_is_kept_or_even_read(server: OtherSite, cookie: str) -> None:
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        answer = ask("GET", f"http://public.test:{server.server_port}/cookie/{cookie}", guard=OPEN)
    assert (answer.status, server.cookies) == (200, [None, None])
    assert complaints == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://public.test/", "gopher://public.test/", "data:,x", "//x"]
)
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises((httpx2.UnsupportedProtocol, httpx2.InvalidURL)):
        ask("GET", url, guard=OPEN)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "inside.test"])
def test_each_redirect_is_looked_at_anew(server: OtherSite, host: str) -> None:
    """A first host that anybody may ask; where it leads to, the guard of the site decides."""
    allowed = iter([True])
    guard = Guard(resolve=lambda name, port: ["127.0.0.1"], allows=lambda address: next(allowed, False))
    with pytest.raises((Forbidden, httpx2.HTTPError)):
        ask("GET", f"http://public.test:{server.server_port}/to/{host}", guard=guard)
    assert len(server.asked) == 1


def test_a_circle_of_redirects_ends(server: OtherSite) -> None:
    with pytest.raises(httpx2.TooManyRedirects):
        ask("GET", f"http://public.test:{server.server_port}/round", guard=OPEN)
    assert len(server.asked) == 6


def test_a_proxy_of_the_environment_is_not_used(server: OtherSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    with pytest.raises(Forbidden):
        ask("GET", "http://inside.test/", guard=OPEN)
    assert server.asked == []
