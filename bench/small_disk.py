"""A disk that is filled to the last byte and freed again, for drivers that try what becomes of a site then.

A file system in memory, which only root may mount, and only Linux has.
"""

import os
import random
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from bench.client import Unexpected
from broadsheet.config import MEGABYTE

SIZE = 400  # megabytes: an upload is taken only while 100 are free
BALLAST = ".ballast"
PIECE = b"\0" * MEGABYTE
LEAST, MOST = 0.1, 0.8  # seconds, full or free


def may_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


class SmallDisk:
    """Mounted at `folder` within the context."""

    def __init__(self, folder: Path, megabytes: int = SIZE) -> None:
        self.folder, self.megabytes = folder, megabytes
        self._ballast = folder / BALLAST

    def __enter__(self) -> Self:
        if not may_mount():
            raise Unexpected("only root may mount the small disk, and only on Linux")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._run("mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m,mode=0700", "tmpfs")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("umount", "--lazy")

    def fill(self) -> None:
        """To the last byte, however much was written meanwhile."""
        with self._ballast.open("ab", buffering=0) as ballast:
            piece = PIECE
            while piece:
                try:
                    ballast.write(piece)
                except OSError:  # no room for so much
                    piece = piece[: len(piece) // 2]

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def _run(self, *command: str) -> None:
        done = subprocess.run([*command, str(self.folder)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unexpected(f"{command[0]}: {done.stderr.strip()}")


class Filling:
    """Within the context the disk is full and free by turns, at moments of `chance`; free afterwards."""

    def __init__(self, disk: SmallDisk, chance: random.Random) -> None:
        self.disk, self.times = disk, 0
        self._pauses = [chance.uniform(LEAST, MOST) for _ in range(1000)]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.disk.free()

    def _work(self) -> None:
        for pause in self._pauses:
            if self._over.wait(pause / 2):
                return
            with suppress(OSError):
                self.disk.fill()
            self.times += 1
            full = self._over.wait(pause)
            self.disk.free()
            if full:
                return
