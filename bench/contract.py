"""Calls the API as its document says, and as it does not, and looks for whatever contradicts the document.

    .venv/bin/python -m bench.contract [--examples 50] [--role author ...] [--seed 1] [--whole]

Schemathesis (schemathesis.io) makes up the calls, with all its checks: no answer is a 5xx, or of a status,
type or shape that the document does not name; what the document allows is taken and what it forbids refused;
what was deleted is gone; no answer comes without the token that it needs. It asks as a stranger and with a
token of each role, good for every scope, each time a real site of its own with a row in every table.

Exits 1 if anything was found.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import ROOT, servers

# The content of the site is that of the tests.
sys.path.insert(0, str(ROOT / "tests"))

import everything
from broadsheet import create_app
from broadsheet.extensions import db
from broadsheet.models import ApiToken, Role, Scope
from stage import SECRET_KEY, Database, person, settings

STRANGER = "stranger"
ROLES = (STRANGER, *map(str, Role))
DOCUMENT = "/api/v1/openapi.json"
# After these the token opens nothing, and all that follows would be refused.
ENDS_ITS_TOKEN = ("tokens_revoke", "tokens_revoke_current", "people_revoke_tokens", "people_suspend")
LAST = 12  # lines that tell what came of it

# What no schema can say: that there is no such thing as a body names, that two fields contradict each other
# (422), that somebody has changed it meanwhile (412). What is too long, or comes without its length, may be
# refused before it is read.
CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = [
  "2xx", "3xx", "401", "403", "404", "409", "412", "422", "429", "503",
]
negative_data_rejection.expected-statuses = [
  "400", "401", "403", "404", "405", "406", "409", "411", "412", "413", "414", "415", "422", "429", "503",
]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]
"""


def main() -> None:
    parser = argparse.ArgumentParser("bench.contract", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=50, help="of each call  [default: 50]")
    parser.add_argument("--role", action="append", choices=ROLES, help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="print all that Schemathesis says")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-contract-"))
    database = Database(folder)
    try:
        failed = [
            role
            for role in asked.role or ROLES
            if not holds(database, folder / role, role, asked.examples, asked.seed, whole=asked.whole)
        ]
    finally:
        database.drop_templates()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\nThe document is contradicted for: {', '.join(failed)}." if failed else "\nThe document holds.")
    sys.exit(1 if failed else 0)


def holds(database: Database, folder: Path, role: str, examples: int, seed: int, *, whole: bool) -> bool:
    with served(database, folder, role) as (base, token):
        (folder / "schemathesis.toml").write_text(CONFIGURATION)
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{base}{DOCUMENT}"]
        command += ["--checks", "all", "--max-examples", str(examples), "--seed", str(seed)]
        command += ["--continue-on-failure", "--no-color", "--generation-database", "none"]
        command += [word for name in ENDS_ITS_TOKEN for word in ("--exclude-operation-id", name)]
        command += ["--header", f"Authorization: Bearer {token}"] if token else []
        environ = servers.environment() | {
            "SCHEMATHESIS_HOOKS": "bench.contract_hooks",
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
        refused = (folder / "site.log").read_text(errors="replace")
    said = (done.stdout + done.stderr).rstrip().splitlines()
    print(f"\n== {role}", *(said if whole or done.returncode else said[-LAST:]), sep="\n", flush=True)
    if "Traceback" in refused:
        print(refused[refused.index("Traceback") :])
    return done.returncode == 0


@contextmanager
def served(database: Database, folder: Path, role: str) -> Iterator[tuple[str, str]]:
    """A site that runs: its address, and a token of somebody in this role, or none."""
    instance = folder / "instance"
    instance.mkdir(parents=True)
    url = database.copy(instance, everything.fill)
    token = made_token(instance, url, role) if role != STRANGER else ""
    given = {"database_url": url, "secret_key": SECRET_KEY, "check_links": "off", "workers": 2}
    with servers.site(instance, folder / "site.log", **given) as site:
        yield site.base, token


def made_token(instance: Path, url: str, role: str) -> str:
    app = create_app(settings(instance, url))
    with app.app_context():
        user = person(f"{role.capitalize()} Program", Role(role))
        _row, token = ApiToken.make(user, name="contract", scopes=Scope, expires_at=None)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return token


if __name__ == "__main__":
    main()
