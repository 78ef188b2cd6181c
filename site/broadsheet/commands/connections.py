"""The connections of this process, as Linux knows them: what came in, what went out, what waits to go.

Granian does not say by which connection a request came. But who is slow shows in what the kernel counts
(tcp(7), TCP_INFO), and a connection that is shut down ends the wait of the thread that holds it.
"""

import os
import socket
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

THROW_AWAY = struct.pack("ii", 1, 0)  # SO_LINGER: what was not sent is kept no longer, in the kernel either
BREATH = 50  # connections that are looked at before other threads get their turn
BEGINS_WITHIN = 3.0  # seconds; the site with a request that is there
# struct tcp_info in linux/tcp.h, as far as Linux 4.6 knows it.
SIZE = 160
UNACKED, TAKEN, RECEIVED, NOT_SENT, SENT = 24, 120, 128, 144, 156


class State(NamedTuple):
    """What the kernel has counted by a moment."""

    descriptor: int
    peer: str  # its address
    received: int  # bytes
    taken: int  # bytes that the peer has acknowledged
    sent: int  # pieces with something in them
    is_sending: bool  # something waits to be taken


States = dict[int, State]  # by what identifies a connection, as long as it lasts


def states(port: int) -> States:
    """Of each connection that was made to this port and belongs to this process."""
    return dict(_states(port))


def _states(port: int) -> Iterator[tuple[int, State]]:
    for number, name in enumerate(os.listdir("/proc/self/fd")):
        if number % BREATH == 0:
            time.sleep(0)
        with suppress(OSError):  # closed meanwhile, or not connected
            status = os.stat(f"/proc/self/fd/{name}")
            if stat.S_ISSOCK(status.st_mode):
                with _duplicate(int(name)) as one:
                    if one.family in (socket.AF_INET, socket.AF_INET6) and one.getsockname()[1] == port:
                        yield status.st_ino, _state(int(name), one)


def plain(address: str) -> str:
    """However a socket of both kinds or a server writes it: IPv4 as such, IPv6 without the interface."""
    return address.removeprefix("::ffff:").partition("%")[0]


def _state(descriptor: int, one: socket.socket) -> State:
    peer = plain(one.getpeername()[0])
    counted = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SIZE)
    if len(counted) < SIZE:
        raise OSError("this kernel counts less")
    unacked, not_sent, sent = (struct.unpack_from("I", counted, at)[0] for at in (UNACKED, NOT_SENT, SENT))
    received, taken = (struct.unpack_from("Q", counted, at)[0] for at in (RECEIVED, TAKEN))
    return State(descriptor, peer, received, taken, sent, bool(unacked or not_sent))


class Spell(NamedTuple):
    """Of a connection: the time since something was last sent to it. Moments are those of looks."""

    began: float | None  # when something came; never, if it is kept for a request that may come
    after: float  # and by which the last of it came
    by: float

    def is_spared(self, before: float, begun: list[float]) -> bool:
        """If what came is new, or the site may be at work on it: that begins when the last of it is there.
        Whoever goes on to send is not waited for; and what is kept for the next request may be closed.
        """
        if self.began is None:
            return False
        return self.began > before or any(self.after <= since <= self.by + BEGINS_WITHIN for since in begun)


def spell(former: Spell | None, before: State | None, state: State, looks: tuple[float, float]) -> Spell:
    """`looks`: the moments of this one and of the former."""
    now, then = looks
    if former is None or before is None:
        return Spell(now if state.received else None, then, now)
    began = former.began if state.sent == before.sent else None
    if state.received == before.received:
        return former._replace(began=began)
    return Spell(began or now, then, now)


def hear_no_more(connection: int, state: State) -> None:
    """For Granian it is as if the client had hung up; what it is answered may still reach it."""
    with suppress(OSError), _duplicate(state.descriptor) as one:
        if os.fstat(one.fileno()).st_ino == connection:
            one.shutdown(socket.SHUT_RD)


def end(connection: int, state: State) -> None:
    """At once, with all that waits to be taken."""
    with suppress(OSError), _duplicate(state.descriptor) as one:
        if os.fstat(one.fileno()).st_ino == connection:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, THROW_AWAY)
            one.shutdown(socket.SHUT_RDWR)


def _duplicate(descriptor: int) -> socket.socket:
    """For Python to close, while Granian keeps its own. Raises an OSError for what is no socket."""
    copy = os.dup(descriptor)
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
