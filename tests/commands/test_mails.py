"""The driver that kills the site while it mails to many: a short run of it."""

import re
from pathlib import Path

from bench.mails import run


def test_mail_to_many_resumes_where_it_stopped(tmp_path: Path) -> None:
    said: list[str] = []
    assert run(100, 1, 3, tmp_path, said.append) == 0, said
    killed = re.fullmatch(r"killed after (\d+) letters", said[0])
    assert killed, said
    assert int(killed[1]) < 101, "the last letter had gone"
    assert said[-1].startswith("101 people, 1 kills: 0 got nothing, "), said
