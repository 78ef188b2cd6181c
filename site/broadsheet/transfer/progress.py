"""How far a long transfer is."""

from collections.abc import Callable

Progress = Callable[[int, int], object]  # (done, of how many), in the caller's own unit
