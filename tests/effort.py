"""How much work something takes, counted rather than timed: the same on every machine, busy or idle."""

import sys
import time
from collections.abc import Callable


def calls(function: Callable, *given) -> int:
    """How many calls and returns, of Python's functions and of C's, ``function(*given)`` makes.

    What one call does on its own, a regular expression above all, is not seen: `seconds` is for that.
    """
    count = 0

    def note(_frame, _event, _value) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function(*given)
    finally:
        sys.setprofile(before)
    return count


def seconds(function: Callable, *given) -> float:
    """Of the processor's time. A busy machine may double it: allow many times a quiet one's."""
    began = time.process_time()
    function(*given)
    return time.process_time() - began
