"""What a section of the bench is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bench import machine
from bench.results import spread
from bench.scratch import Scratch

Measured = TypeVar("Measured")

UNSTEADY = 0.15  # of the median: what lies that far apart is measured again, as if more turns were asked for
MORE_TURNS = 2


@dataclass
class Bench:
    """How long and how often, sites to measure, and a list of what it lacks."""

    scratch: Scratch
    seconds: float
    repeat: int
    posts: int
    threads: Sequence[int]
    lacking: dict[str, str] = field(default_factory=dict)

    def by_turns(
        self, runs: Mapping[str, Callable[[], Measured]], rate: Callable[[Any], float] | None = None
    ) -> dict[str, list[Measured]]:
        """A B A B …: whatever else the machine does meets all alike. Nothing of the first turn counts. Where
        one differs much from turn to turn in its `rate`, two more are taken."""
        for run in runs.values() if self.repeat > 1 else ():
            run()
        taken: dict[str, list[Measured]] = {name: [] for name in runs}
        self._take(runs, taken, self.repeat)
        if rate and any(spread(list(map(rate, some))) > UNSTEADY for some in taken.values()):
            self._take(runs, taken, MORE_TURNS)
        return taken

    @staticmethod
    def _take(
        runs: Mapping[str, Callable[[], Measured]], taken: dict[str, list[Measured]], turns: int
    ) -> None:
        for _ in range(turns):
            for name, run in runs.items():
                taken[name].append(run())

    def lacks(self, what: str, cure: str) -> None:
        self.lacking[what] = cure

    def has(self, program: str) -> bool:
        """Whether a program is here; one that is not is named at the end, with how to get it."""
        here = machine.has_gunicorn() if program == "gunicorn" else bool(machine.program(program))
        if not here:
            self.lacks(program, f"to get it: {machine.CURES[program]}")
        return here
