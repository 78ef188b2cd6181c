import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from broadsheet.lib.markdown import Words
from broadsheet.transfer import rendering

SOURCES = Path(__file__).parents[2] / "site"

KILLED_WHILE_RENDERING = """
import os, signal
from broadsheet.lib.markdown import Words
from broadsheet.transfer import rendering
rendering.os.cpu_count = lambda: 2
if __name__ == "__main__":
    renderer = rendering.Renderer(rendering.WORTH_A_POOL)
    for text in range(10):
        renderer.start("*text*", {}, Words())()
    print(*renderer._pool._processes, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_few_texts_are_rendered_here():
    with rendering.Renderer(2) as renderer:
        assert renderer.start("*One*", {}, Words())().html == "<p><em>One</em></p>\n"


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_workers_end_with_an_import_that_was_killed(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED_WHILE_RENDERING)
    environ = {**os.environ, "PYTHONPATH": str(SOURCES)}
    ended = subprocess.run([sys.executable, script], env=environ, capture_output=True, text=True, check=False)
    workers = [int(each) for each in ended.stdout.split()]
    assert len(workers) == 2
    deadline = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, workers))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
