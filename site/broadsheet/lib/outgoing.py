"""Requests to other sites, at addresses that somebody wrote: never to this machine or its network.

The name is resolved once, every address that it has must be a public one, and the connection goes to just
that address; so no answer of a name server can lead elsewhere between the look and the leap. A redirect
connects anew and is looked at anew. Source: OWASP, Server-Side Request Forgery Prevention Cheat Sheet.
"""

import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    import httpx2

    from broadsheet.lib import transport
else:
    httpx2, transport = lazily("httpx2"), lazily("broadsheet.lib.transport")

REDIRECTS = 5
LONGEST_BODY = 65_536  # bytes; more is not read

# Addresses of IPv6 that stand for one of IPv4 (RFC 6052); Python knows the other kinds.
_NAT64 = ip_network("64:ff9b::/96")
# All that IANA gives out to be reached by anybody (RFC 4291, 2.4). Outside of it lie what some machines still
# route into their own network (fec0::/10, 64:ff9b:1::/48, ::ffff:0:0:0/96), and nobody's address.
_ROUTED = ip_network("2000::/3")
# For protocols' own use (RFC 6890). Before 3.11.10 Python takes all but its first eight for anybody's.
_PROTOCOLS = ip_network("192.0.0.0/24")

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]


class Forbidden(Exception):
    """The address leads into a network that is not public."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`retry_after` is in seconds, if the server asked for patience; `body` its first bytes."""

    status: int
    url: str
    retry_after: float | None = None
    body: bytes = b""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of the host. Raises OSError if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may be asked there."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in _ROUTED:
            return False
    return address.is_global and not address.is_multicast and address not in _PROTOCOLS


@dataclass(frozen=True)
class Guard:
    """Which addresses may be asked. A test has one of its own; the site has this."""

    resolve: Resolve = resolve
    allows: Callable[[Address], bool] = is_public

    def address_of(self, host: str, port: int) -> str:
        """The one to connect to. Raises Forbidden if any that the host has is not allowed."""
        found = self.resolve(host, port)
        for address in found:
            if not self.allows(ip_address(address.partition("%")[0])):
                raise Forbidden(f"{host} is in a network that is not public")
        if not found:
            raise OSError(f"{host} has no address")
        return found[0]


def ask(
    method: str,
    url: str,
    *,
    guard: Guard | None = None,
    seconds: float = 20,
    headers: dict[str, str] | None = None,
    content: bytes | None = None,
    with_body: bool = False,
    longest: int = LONGEST_BODY,
    follow: bool = True,
) -> Answer:
    """Sends a request and follows its redirects, if they are to be followed; the last answer.

    Of its body the first `longest` bytes are read, if any. All of it takes `seconds` at the most, however
    slowly the other side speaks. No proxy, no cookie, no password of the environment is used. Raises
    Forbidden, or httpx2.HTTPError, or httpx2.InvalidURL.
    """
    guarded = transport.Transport(guard or Guard(), time.monotonic() + seconds)
    with (
        httpx2.Client(
            transport=guarded,
            timeout=seconds,
            follow_redirects=follow,
            max_redirects=REDIRECTS,
            trust_env=False,
            # Nothing is unpacked: a few kilobytes could become a gigabyte.
            headers={"Accept-Encoding": "identity"} | (headers or {}),
        ) as client,
        client.stream(method, url, content=content) as response,
    ):
        return Answer(
            status=response.status_code,
            url=str(response.url),
            retry_after=_seconds(response.headers.get("retry-after", "")),
            body=_beginning(response.iter_raw(), longest) if with_body else b"",
        )


def _beginning(parts: Iterable[bytes], longest: int) -> bytes:
    body = b""
    for part in parts:
        body += part
        if len(body) >= longest:
            break
    return body[:longest]


def _seconds(value: str) -> float | None:
    """Of `Retry-After`, which is a number or a date (RFC 9110, 10.2.3)."""
    if value.isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
