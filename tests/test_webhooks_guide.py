"""The guide to webhooks: its receiver runs as it stands there, and its table has every event."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from broadsheet.lib import webhook_signing
from broadsheet.lib.outgoing import Guard, ask
from broadsheet.models.webhook_event import DETAILS, TYPES
from stage import free_port

GUIDE = (Path(__file__).parents[1] / "docs" / "guide" / "webhooks.md").read_text(encoding="utf-8")
OWN = Guard(allows=lambda address: address.is_loopback)


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_table_has_every_event_and_what_it_tells() -> None:
    section = GUIDE.partition("### The events")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in section.splitlines() if line.startswith("| `")]
    told = {type_: named(row[2]) if len(row) > 2 else [] for row in rows for type_ in named(row[0])}
    assert told == {type_: [one.rstrip("_") for one in DETAILS.get(type_, ())] for type_ in TYPES}


def test_the_receiver_takes_what_is_signed_and_new_and_nothing_else(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len(code.strip().splitlines()) <= 25
    port, secret = free_port(), webhook_signing.new_secret()
    program = tmp_path / "receiver.py"
    program.write_text(code.replace("9000", str(port)), encoding="utf-8")
    environ = os.environ | {"WEBHOOK_SECRET": secret}
    with subprocess.Popen(
        [sys.executable, str(program)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        body = b'{"type": "post.published", "timestamp": "", "data": {"title": "Ferry"}}'
        now = int(time.time())
        signed = webhook_signing.headers([webhook_signing.new_secret(), secret], "msg_1", now, body)
        late = webhook_signing.headers([secret], "msg_2", now - 3600, body)
        try:
            statuses = [
                send(port, headers, sent)
                for headers, sent in ((signed, body), (signed, body + b" "), (late, body))
            ]
            assert statuses == [204, 401, 401]
        finally:
            process.terminate()
        assert process.stdout
        assert process.stdout.read() == "msg_1 post.published Ferry\n"


def send(port: int, headers: dict[str, str], body: bytes) -> int:
    for _ in range(200):
        try:
            url = f"http://127.0.0.1:{port}/"
            return ask("POST", url, guard=OWN, headers=headers, content=body).status
        except Exception:
            time.sleep(0.05)  # it is still starting
    raise AssertionError("the receiver does not answer")
