"""Clients that do harm by being slow: many connections of one kind, driven by one thread."""

import select
import socket
import threading
from collections import Counter
from contextlib import suppress

TICK = 0.5  # seconds; then each that trickles sends one byte more
FROM = "127.0.0.2"  # an address of this machine that is not its readers'


class Crowd:
    """So many connections to a site, as long as the context lasts."""

    begins: bytes  # what each sends at first
    trickles = b""  # what each sends on, a byte at a time
    reads = True

    def __init__(self, port: int, addresses: dict[str, str], connections: int) -> None:
        self.said: Counter[str] = Counter()  # first lines of answers
        self._port, self._addresses, self._wanted = port, addresses, connections
        self._open: dict[int, socket.socket] = {}
        self._sent: Counter[int] = Counter()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._drive, daemon=True)

    @property
    def held(self) -> int:
        """How many are still connected."""
        return len(self._open)

    def __enter__(self) -> "Crowd":
        for _ in range(self._wanted):
            self._join()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for each in self._open.values():
            each.close()

    def opening(self) -> bytes:
        return self.begins.replace(b"HOST", f"127.0.0.1:{self._port}".encode())

    def _join(self) -> None:
        joined = socket.socket()
        joined.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # else this system reads in its stead
        joined.bind((FROM, 0))
        joined.connect(("127.0.0.1", self._port))
        joined.setblocking(False)
        with suppress(BlockingIOError):
            joined.send(self.opening())
        self._open[joined.fileno()] = joined

    def _drive(self) -> None:
        while not self._over.wait(TICK):
            for each in list(self._open.values()):
                try:
                    is_over = not self._goes_on(each)
                except BlockingIOError:
                    is_over = False
                except OSError:
                    is_over = True
                if is_over:
                    del self._open[each.fileno()]
                    each.close()

    def _goes_on(self, each: socket.socket) -> bool:
        poll = select.poll()
        poll.register(each, select.POLLIN | select.POLLRDHUP)
        found = dict(poll.poll(0)).get(each.fileno(), 0)
        if self.reads and found & select.POLLIN:
            got = each.recv(65536)
            if got.startswith(b"HTTP/"):
                self.said[got.partition(b"\r\n")[0].decode("latin-1")] += 1
            return bool(got)
        if found & (select.POLLERR | select.POLLHUP | select.POLLRDHUP):
            return False
        if self.trickles:
            number = self._sent[each.fileno()] % len(self.trickles)
            self._sent[each.fileno()] += 1
            each.send(self.trickles[number : number + 1])
        return True


class SlowHeaders(Crowd):
    begins = b"GET / HTTP/1.1\r\nHost: HOST\r\n"
    trickles = b"X-A: b\r\n"


class SlowBodies(Crowd):
    """Of a sign-in, which anybody may send."""

    begins = (
        b"POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 100000\r\n\r\nusername="
    )
    trickles = b"a"


class Unread(Crowd):
    """Asks for a large file, and does not read it."""

    reads = False
    names = "file"
    times = 1

    def opening(self) -> bytes:
        asked = f"GET {self._addresses[self.names]} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n"
        return asked.encode() * self.times


class Pipelined(Unread):
    """Asks for a kept page again and again, and reads none."""

    names = "page"
    times = 500


CROWDS = (SlowHeaders, SlowBodies, Unread, Pipelined)
