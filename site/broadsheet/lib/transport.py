"""What a request to another site travels on: it connects where lib/outgoing.py allows, and ends in time."""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from broadsheet.lib.outgoing import Guard


class Transport(httpx2.HTTPTransport):
    def __init__(self, guard: Guard, deadline: float) -> None:
        super().__init__(trust_env=False)
        # The pool that it has made connects wherever a name leads.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            network_backend=_Backend(guard, deadline),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = super().handle_request(request)
        # Not even read: http.cookiejar prints the trace of what it cannot make sense of.
        for name in ("Set-Cookie", "Set-Cookie2"):
            response.headers.pop(name, None)
        return response


class _Backend(httpcore2.NetworkBackend):
    """Connects to the address that was looked at; the certificate is still compared with the name."""

    def __init__(self, guard: Guard, deadline: float) -> None:
        self._guard, self._deadline = guard, deadline
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            address = self._guard.address_of(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        left = _left(self._deadline, httpcore2.ConnectTimeout)
        return _Stream(
            self._inner.connect_tcp(address, port, left, local_address, socket_options), self._deadline
        )


class _Stream(httpcore2.NetworkStream):
    """Ends at the deadline, also when a byte comes just before each timeout."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: float) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(self._deadline, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(deadline: float, late: type[Exception]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("it took too long")
    return left
