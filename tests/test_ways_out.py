"""Which code may speak to other machines: the guard, and what only asks where the owner's settings lead."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "site" / "broadsheet"

# What opens connections, by the first part of its name or by the whole of it.
CLIENTS = {
    *("httpx", "httpx2", "httpcore", "httpcore2", "requests", "urllib3", "aiohttp", "pycurl"),
    *("websockets", "urllib.request", "http.client", "socket", "ssl", "smtplib", "ftplib", "poplib"),
    *("imaplib", "xmlrpc", "asyncio", "dns", "boto3", "botocore", "minio", "s3fs", "paramiko"),
}
ERRORS = {"HTTPError", "InvalidURL", "UnsupportedProtocol", "RemoteProtocolError"}
ERRORS |= {"TimeoutException", "TooManyRedirects", "ConnectError"}

# Only lib/outgoing.py may ask at an address that somebody wrote; of each other file, what it uses.
ALLOWED: dict[str, dict[str, set[str] | None]] = {
    # The guard itself
    "lib/outgoing.py": {"socket": {"getaddrinfo", "SOCK_STREAM"}, "httpx2": {"Client"}},
    "lib/transport.py": {"httpx2": None, "httpcore2": None, "ssl": {"SSLContext"}},
    # Through the guard, and tell its errors apart
    "jobs/link_checks.py": {"httpx2": ERRORS},
    "jobs/stills.py": {"httpx2": ERRORS},
    # To the mail server, the name servers and the storage of the owner, and to the site at its own address
    "mail/dialogue.py": {"smtplib": None, "socket": None},
    "mail/server.py": {"smtplib": None, "ssl": None},
    "mail/outbox.py": {"smtplib": {"SMTPException", "SMTPResponseException", "SMTPRecipientsRefused"}},
    "doctor/mail.py": {"smtplib": None, "dns": None},
    "doctor/front.py": {"httpx2": {"get", "HTTPError", "Response"}, "http.client": None},
    "transfer/archive/bucket.py": {"boto3": None, "botocore": None},
    "commands/health.py": {"http.client": {"HTTPConnection"}},
    "commands/trying.py": {"http.client": None, "socket": None},
    # Listens, and tells its own name
    "commands/connections.py": {"socket": None},
    "commands/serving.py": {"socket": None},
    "commands/run.py": {"socket": None},
    "jobs/webhooks.py": {"httpx2": {"HTTPError", "InvalidURL", "NetworkError", "TimeoutException"}},
    "jobs/engine.py": {"socket": {"gethostname"}},
}


def client(name: str) -> str | None:
    """The one of CLIENTS that a module is, or is a part of."""
    return next((one for one in CLIENTS if name == one or name.startswith(one + ".")), None)


class Uses(ast.NodeVisitor):
    """The clients that a file imports, also late (`lazily`), and what it takes from each."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}  # the name here → the client
        self.used: dict[str, set[str]] = {}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._know(alias.name, alias.asname or alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            if one := client(node.module or ""):
                self.used.setdefault(one, set()).add(alias.name)
            else:
                self._know(whole, alias.asname or alias.name)

    def visit_Call(self, node: ast.Call) -> None:
        late = isinstance(node.func, ast.Name) and node.func.id in ("lazily", "__import__", "import_module")
        if late and node.args and isinstance(node.args[0], ast.Constant):
            self._know(str(node.args[0].value), str(node.args[0].value))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if one := self.names.get(ast.unparse(node.value)):
            self.used.setdefault(one, set()).add(node.attr)
        self.generic_visit(node)

    def _know(self, module: str, name: str) -> None:
        if one := client(module):
            self.names[name] = one
            self.used.setdefault(one, set())


def uses(source: str) -> dict[str, set[str]]:
    found = Uses()
    found.visit(ast.parse(source))
    return found.used


def test_only_the_guard_asks_where_somebody_else_has_written_an_address() -> None:
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        allowed = ALLOWED.get(str(file.relative_to(PACKAGE)), {})
        for name, used in uses(file.read_text(encoding="utf-8")).items():
            may = allowed.get(name, set())
            if name not in allowed or (may is not None and not used <= may):
                wrong.append(f"{file.relative_to(PACKAGE)} uses {name}: {sorted(used - (may or set()))}")
    assert wrong == []


def test_what_is_allowed_is_needed() -> None:
    for path, allowed in ALLOWED.items():
        assert set(uses((PACKAGE / path).read_text(encoding="utf-8"))) == set(allowed), path


@pytest.mark.parametrize(
    "source",
    [
        "import urllib.request\nurllib.request.urlopen('http://x.example')",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import httpx2 as client\nclient.get('http://x.example')",
        "client = lazily('httpx2')",
        "def late():\n    from http.client import HTTPConnection",
        "import socket\nsocket.create_connection(('x.example', 80))",
    ],
)
def test_a_new_way_out_would_be_seen(source: str) -> None:
    assert uses(source)
