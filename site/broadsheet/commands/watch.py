"""Looks who is slow, in a thread beside those that wait."""

import logging
import time
from collections import deque
from threading import Thread

from broadsheet.commands import connections, patience
from broadsheet.commands.connections import Spell, State, States
from broadsheet.commands.patience import Waits

log = logging.getLogger(__name__)


class Watch:
    """Looks from time to time who gets on, and sends the others away."""

    def __init__(self, waits: Waits, port: int, connections: int) -> None:
        self._waits, self._port, self._many = waits, port, connections * 3 // 4
        self._seen: deque[tuple[float, States]] = deque()
        self._spells: dict[int, Spell] = {}
        self._fails = False

    def begin(self) -> None:
        Thread(target=self._watch, name="patience", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(patience.PULSE)
            self.look_in_time()

    def look_in_time(self) -> None:
        if not (
            self._waits.are_many or not self._seen or time.monotonic() - self._seen[-1][0] >= patience.STEP
        ):
            return
        try:
            self.look()
            self._fails = False
        except Exception:  # as when no file can be opened any more, not even to look who holds them
            if not self._fails:
                log.exception("It could not be seen which clients are slow.")
            self._fails = True

    def look(self) -> None:
        now, found = time.monotonic(), connections.states(self._port)
        then, last = self._seen[-1] if self._seen else (now, {})
        self._spells = {
            one: connections.spell(self._spells.get(one), last.get(one), state, (now, then))
            for one, state in found.items()
        }
        self._seen.append((now, found))
        are_too_many = len(found) > self._many
        seconds = patience.SHORT_PATIENCE if are_too_many or self._waits.are_many else patience.PATIENCE
        while len(self._seen) > 1 and self._seen[1][0] <= now - patience.PATIENCE:
            self._seen.popleft()
        before = next((seen for at, seen in reversed(self._seen) if at <= now - seconds), None)
        if before is None:
            return
        peers = {state.peer for state in found.values()}
        suspects = peers if are_too_many else self._waits.suspects(seconds)
        begun, least = self._waits.work_begun(), int(patience.RATE * seconds)
        for one, state in found.items():
            if one not in before:
                continue
            if takes_too_little(before[one], state, least):
                connections.end(one, state)
                continue
            is_slow = state.peer in suspects and sends_too_little(before[one], state, least)
            if is_slow and not self._spells[one].is_spared(now - seconds, begun.get(state.peer, [])):
                connections.hear_no_more(one, state)


def takes_too_little(before: State, now: State, least: int) -> bool:
    return before.is_sending and now.is_sending and now.taken - before.taken < least


def sends_too_little(before: State, now: State, least: int) -> bool:
    """Or nothing at all."""
    is_idle = not now.is_sending and now.sent == before.sent
    return is_idle and now.received - before.received < least
