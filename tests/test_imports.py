"""What a process that answers readers carries along in memory."""

import subprocess
import sys
from pathlib import Path

SITE = Path(__file__).parents[1] / "site"
NEVER_READ = {
    *("PIL", "pygments", "nh3", "latex2mathml", "email_validator", "yaml"),  # to draw and to render
    *("httpx2", "httpcore2", "huey", "redis", "psycopg"),  # for jobs
    *("alembic", "flask_migrate"),
}


def test_site_loads_nothing_that_no_reader_needs(tmp_path: Path) -> None:
    code = "import sys; from broadsheet import create_app; create_app(); print(*sys.modules)"
    environ = {"PYTHONPATH": str(SITE), "BROADSHEET_INSTANCE": str(tmp_path / "instance")}
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert NEVER_READ & set(loaded.stdout.split()) == set()
