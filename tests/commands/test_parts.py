"""The three parts as processes of their own, over one database and behind one address."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from bench import client, machine, proxies
from bench.client import Browser

from broadsheet.commands.work import Beside
from broadsheet.config import Settings

from .conftest import Manage, Serve
from .test_work import children

PASSWORD = "correct horse battery"


def test_three_parts_are_one_site(serve: Serve, tmp_path: Path) -> None:
    if not machine.program("nginx"):
        pytest.skip("no nginx on this machine; to get it: apt install nginx-light")
    behind = {"BROADSHEET_PROXY_HOPS": "1", "BROADSHEET_RATE_LIMITS": "off"}
    desk = serve("--only", "desk", "--workers", "1", BROADSHEET_WORK="off", **behind)
    public = serve("--only", "public", "--workers", "1", **behind)
    api = serve("--only", "api", "--workers", "1", **behind)
    way = re.fullmatch(
        r"Broadsheet, the part desk, is ready\. Set it up here: http://[\d.:]+(/setup/\S+)\n", desk.line
    )
    assert way
    told = "is ready. The part desk tells where the site is set up.\n"
    for part, name in ((public, "public"), (api, "api")):
        assert part.line == f"Broadsheet, the part {name}, {told}"
    with proxies.nginx(tmp_path, public.port, desk.port, api.port) as site:
        assert client.get(site.port, "/", status=503).body
        ada = Browser(site.port)
        ada.open(way[1])
        ada.submit(
            way[1],
            title="The Tide",
            language="en",
            timezone="UTC",
            name="Ada Admin",
            email="ada@example.org",
            password=PASSWORD,
        )
        ada = Browser(site.port)
        ada.sign_in("ada@example.org", PASSWORD)
        for _twice in range(2):  # the second time from the press
            assert b"The harbour opens" not in client.get(site.port, "/").body
        ada.open("/desk/posts/new")
        ada.submit("/desk/posts/new/publication", title="The harbour opens", body="At last.")
        assert b"The harbour opens" in client.get(site.port, "/").body
        assert b'"title":"The harbour opens"' in client.get(site.port, "/api/v1/posts").body
        assert "The harbour opens" in ada.open("/desk/posts")
        assert 'href="/desk"' in ada.open("/")  # who is signed in there is known here, too
        written = client.hidden(ada.open("/contact"), "ticket")
        assert ada.send("/contact", {"ticket": written})[0] == 422
        assert client.get(site.port, "/Login/", status=301).header("Location") == "/login"
    assert [part.status("/desk") for part in (public, api)] == [404, 404]
    assert [part.status("/") for part in (desk, api)] == [404, 404]
    # Of the three only the desk has a worker, if it may.
    assert [children(part.process.pid) for part in (public, api)] == [[], []]
    assert [part.stop()[0] for part in (desk, public, api)] == [0, 0, 0]


@pytest.mark.parametrize(("only", "begins"), [("", [True]), ("desk", [True]), ("public", []), ("api", [])])
def test_the_worker_is_beside_the_desk(
    only: str, begins: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    beside = Beside(replace(Settings(), only=only))
    monkeypatch.setattr(beside._thread, "start", lambda: begun.append(True))
    beside.start()
    assert begun == begins


def test_routes_are_those_of_the_part(call: Manage) -> None:
    listed = call("routes", BROADSHEET_ONLY="public").stdout
    assert re.search(r"^contact\.create +POST +/contact *$", listed, re.MULTILINE)
    assert not re.search(r"^(desk|account|previews|api)\.", listed, re.MULTILINE)
