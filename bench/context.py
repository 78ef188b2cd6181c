"""What a section of the bench is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bench import machine
from bench.scratch import Scratch

Measured = TypeVar("Measured")


@dataclass
class Bench:
    """How long and how often, sites to measure, and a list of what it lacks."""

    scratch: Scratch
    seconds: float
    repeat: int
    posts: int
    threads: Sequence[int]
    lacking: dict[str, str] = field(default_factory=dict)

    def by_turns(self, runs: Mapping[str, Callable[[], Measured]]) -> dict[str, list[Measured]]:
        """A B A B …: whatever else the machine does meets all alike. Nothing of the first turn counts."""
        for run in runs.values() if self.repeat > 1 else ():
            run()
        taken: dict[str, list[Measured]] = {name: [] for name in runs}
        for _ in range(self.repeat):
            for name, run in runs.items():
                taken[name].append(run())
        return taken

    def lacks(self, what: str, cure: str) -> None:
        self.lacking[what] = cure

    def has(self, program: str) -> bool:
        """Whether a program is here; one that is not is named at the end, with how to get it."""
        here = machine.has_gunicorn() if program == "gunicorn" else bool(machine.program(program))
        if not here:
            self.lacks(program, f"to get it: {machine.CURES[program]}")
        return here
