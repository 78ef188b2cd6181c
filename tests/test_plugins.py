"""Plugins: what they may add, and that the site stands whatever they do."""

import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest

from broadsheet import plugins as package
from broadsheet import signals
from broadsheet.doctor.plugins import plugins as examined
from broadsheet.extensions import db
from broadsheet.models import Event, Post
from broadsheet.plugins import MOST_FAILURES, Standings, finding
from markup import Page


def plugged(**sources: str):
    """Before a test: its site has these plugins."""
    return pytest.mark.parametrize("empty_app", [sources], indirect=True, ids=["plugged"])


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "instance" / "plugins"


@pytest.fixture
def empty_app(make_app, folder, request):
    write(folder, request.param if hasattr(request, "param") else {})
    return make_app()


def write(folder: Path, sources: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")


def installed(app) -> package.Plugins:
    return app.extensions["broadsheet_plugins"]


def told(app) -> dict[str, tuple[str, str, str]]:
    """What doctor says: state, words and cure of each."""
    with app.app_context():
        findings = list(examined(app.config["BROADSHEET"]))
    return {finding.words.split()[0]: (finding.state, finding.words, finding.cure) for finding in findings}


ONE_OF_EACH = """
import click
from flask import Blueprint
from broadsheet import signals
from broadsheet.plugins import ANYONE, Ability, Plugin

pages = Blueprint("pages_of_mine", __name__, url_prefix="/mine")
desk = Blueprint("mine", __name__)


@pages.get("")
def show():
    return "Mine."


@pages.get("/closed")
def closed():
    return "Secret."


@desk.get("")
def index():
    return "Of the desk."


@click.command()
def mine():
    click.echo("Done.")


def register(plugin: Plugin) -> None:
    plugin.on(signals.post_published, lambda post, **_rest: None)
    plugin.blueprint(pages, access={"show": ANYONE})
    plugin.desk_page(desk, "Mine", Ability.WRITE)
    plugin.block("mine", lambda text, argument: "<p>Mine.</p>")
    plugin.command(mine)
"""


# -- there or not


@plugged(mine=ONE_OF_EACH)
def test_a_view_without_a_row_is_closed_to_everybody(client, sign_in, ada):
    assert client.get("/mine").text == "Mine."
    assert client.get("/mine/closed").status_code == 403
    assert sign_in(ada).get("/mine/closed").status_code == 403


@plugged(mine=ONE_OF_EACH)
def test_what_it_adds_is_listed_at_the_desk_and_by_the_doctor(app, sign_in, ada, ed):
    adds = ["post_published", "/desk/mine", "/mine", "/mine/closed", "::: mine", "manage.py mine"]
    page = Page(sign_in(ada).get("/desk/plugins").text)
    assert [code.text for code in page.all("code")] == adds
    assert told(app)["mine"] == ("good", f"mine adds {', '.join(adds)}", "")
    assert sign_in(ed).get("/desk/plugins").status_code == 403


BROKEN = {
    "1 / 0": "ZeroDivisionError: division by zero",
    "def register(plugin) return": "SyntaxError: expected ':' (broken_01.py, line 1)",
    "import sys; sys.exit('Bye.')": "SystemExit: Bye.",
    "register = 1": "it has no function register(plugin)",
    ONE_OF_EACH + "\n    1 / 0": "ZeroDivisionError: division by zero",
    ONE_OF_EACH.replace(
        '"show": ANYONE', '"shown": ANYONE'
    ): "access names shown, which is no view of pages_of_mine",
    ONE_OF_EACH.replace('"show": ANYONE', '"show": "anyone"'): (
        "access of show has to be ANYONE or an Ability"
    ),
    ONE_OF_EACH.replace("def index", "def first"): "the desk page mine needs a view index",
    ONE_OF_EACH.replace('prefix="/mine"', 'prefix="/about"'): "the address /about is taken",
    ONE_OF_EACH.replace('"pages_of_mine"', '"home"'): "there is a blueprint home already",
    ONE_OF_EACH.replace('Blueprint("mine"', 'Blueprint("posts"'): "there is a blueprint desk.posts already",
    ONE_OF_EACH.replace("def mine", "def user").replace(
        "(mine)", "(user)"
    ): "there is a command user already",
    ONE_OF_EACH.replace('block("mine"', 'block("Mine!"'): (
        "a block cannot be called 'Mine!': small letters, digits and hyphens"
    ),
    ONE_OF_EACH.replace("signals.post_published", "'post_published'"): (
        "on() takes one of broadsheet.signals, not 'post_published'"
    ),
    ONE_OF_EACH + "\n    plugin.templates()": "there are no templates in ",
    ONE_OF_EACH + "\npages.before_app_request(print)": (
        "its blueprint may act on its own pages only, not on those of the whole site"
    ),
    ONE_OF_EACH + "\npages.app_errorhandler(404)(print)": (
        "its blueprint may act on its own pages only, not on those of the whole site"
    ),
}


def test_those_that_cannot_be_loaded_are_named_and_nothing_of_them_is_there(make_app, folder, caplog):
    sources = {f"broken_{number:02}": source for number, source in enumerate(BROKEN)}
    write(folder, {**sources, "whole": "def register(plugin):\n    pass"})
    app = make_app()
    entries = {entry.name: entry for entry in installed(app).entries}
    assert entries.pop("whole").plugin is not None
    lines = [record for record in caplog.records if record.exc_info]
    assert len(entries) == len(lines) == len(BROKEN)
    for (name, entry), line, problem in zip(entries.items(), lines, BROKEN.values(), strict=True):
        assert entry.plugin is None
        assert entry.problem.startswith(problem)
        assert line.message.startswith(f"plugin {name} is not loaded: {problem}")
        assert told(app)[name][:2] == ("bad", f"{name} cannot be loaded: {entry.problem}")
    assert app.view_functions.keys().isdisjoint(["pages_of_mine.show", "desk.mine.index"])
    assert not {*app.extensions["broadsheet_access"], *installed(app).blocks(), *installed(app).commands}
    caplog.clear()
    make_app()  # as a process of the server that was forked from the one before
    assert caplog.records == []


@pytest.mark.parametrize(
    ("arguments", "level", "has_trace"),
    [
        (["run"], "ERROR", True),
        (["work"], "ERROR", True),
        (["work", "--parent", "1"], "WARNING", False),
        (["run", "--rehearse", "localhost 1"], "WARNING", False),
        (["routes"], "WARNING", False),
        (["doctor"], None, False),
    ],
)
def test_the_trace_is_for_servers_and_doctor_adds_nothing_to_the_log(
    make_app, folder, caplog, arguments, level, has_trace
):
    write(folder, {"broken": "1 / 0"})

    def command(name):
        options = [click.Option([option]) for option in ("--parent", "--rehearse")]
        return click.Command(name, callback=lambda **_options: make_app(), params=options)

    click.Group("manage", {arguments[0]: command(arguments[0])}).main(arguments, standalone_mode=False)
    told = [(record.levelname, bool(record.exc_info)) for record in caplog.records]
    assert told == ([(level, has_trace)] if level else [])


def test_names_and_folders_that_are_none_are_named(make_app, folder):
    write(folder, {"My-Plugin": "", "_left_out": "1 / 0", "twice": "def register(plugin):\n    pass"})
    (folder / "empty").mkdir()
    (folder / "twice").mkdir()
    (folder / "twice" / "__init__.py").write_text("def register(plugin):\n    pass")
    (folder / "notes.txt").write_text("Nothing.")
    assert {entry.name: entry.problem for entry in installed(make_app()).entries} == {
        "My-Plugin": "its name has to be small letters, digits and underscores",
        "empty": "the folder has no __init__.py",
        "twice": "there are two of this name: a file, a folder or a package",
    }


@pytest.mark.parametrize("stray", ["posts/show.html", "other.html", "desk/other/x.html"])
def test_templates_take_the_place_of_no_others(make_app, folder, stray):
    place = folder / "mine" / "templates"
    (place / stray).parent.mkdir(parents=True)
    (place / stray).write_text("Mine.")
    (folder / "mine" / "__init__.py").write_text("def register(plugin):\n    plugin.templates()")
    (entry,) = installed(make_app()).entries
    assert entry.problem == f"the template {stray} has to stand in mine/ or desk/mine/"


def test_two_cannot_have_one_block(make_app, folder):
    block = "def register(plugin):\n    plugin.block('mine', lambda text, argument: '')"
    write(folder, {"first": block, "second": block})
    assert [entry.problem for entry in installed(make_app()).entries] == ["", "there is a block mine already"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("place", ["..", ".", "mine.py", "more/part.py"])
def test_what_others_may_write_is_not_run(make_app, folder, place):
    write(folder, {"mine": "raise Exception('It was run.')"})
    (folder / "more").mkdir()
    write(folder / "more", {"__init__": "raise Exception('It was run.')", "part": ""})
    (folder.parent / "kept").touch()  # else the folder would be made private at its first start
    (folder / place).chmod(0o777)
    problems = {entry.name: entry.problem for entry in installed(make_app()).entries}
    refused = "more" if "more" in place else "mine"
    where = (folder / place).resolve()
    assert problems[refused] == f"others than its owner may write {where}: chmod -R go-w {where}"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_link_in_the_folder_of_a_plugin_is_not_followed(make_app, folder, tmp_path):
    write(folder / "mine", {"__init__": "from . import part"})
    write(tmp_path / "elsewhere", {"__init__": "raise Exception('It was run.')"})
    (tmp_path / "elsewhere" / "__init__.py").chmod(0o666)
    (folder / "mine" / "part").symlink_to(tmp_path / "elsewhere")
    (entry,) = installed(make_app()).entries
    assert entry.problem.endswith("part is a link: put there what it leads to")


def test_a_package_is_found_by_its_entry_point(make_app, tmp_path, monkeypatch):
    (tmp_path / "broadsheet_hello.py").write_text("version = '2.1'\n" + ONE_OF_EACH)
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        EntryPoint("hello", "broadsheet_hello", finding.GROUP),
        EntryPoint("function", "broadsheet_hello:register", finding.GROUP),
        EntryPoint("gone", "broadsheet_gone", finding.GROUP),
    ]
    monkeypatch.setattr(finding, "_entry_points", lambda: points)
    app = make_app()
    assert [(entry.title, entry.version, entry.problem) for entry in installed(app).entries] == [
        ("hello", "2.1", ""),
        ("function", "", "the entry point function has to name a module"),
        ("gone", "", "ModuleNotFoundError: No module named 'broadsheet_gone'"),
    ]
    del sys.modules["broadsheet_hello"]


def test_modules_of_a_package_find_each_other_and_are_run_once(make_app, folder, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    write(
        folder / "mine", {"__init__": "from .part import register", "part": "def register(plugin):\n    pass"}
    )
    before = installed(make_app()).entries[0].plugin
    module = sys.modules["broadsheet_plugin_mine.part"]
    assert installed(make_app()).entries[0].plugin is not before
    assert sys.modules["broadsheet_plugin_mine.part"] is module
    assert not list(folder.rglob("__pycache__"))


def test_without_plugins_no_request_asks_for_them(app):
    assert installed(app).gate not in app.before_request_funcs[None]
    assert Page(app.test_client().get("/").text)


SENDING = ONE_OF_EACH.replace('@pages.get("")', '@pages.route("", methods=["GET", "POST"])')


@plugged(mine=SENDING)
def test_of_a_site_in_parts_the_readers_part_has_its_pages_and_only_reads(app, make_app):
    status = {}
    for part in ("public", "desk"):
        browser = make_app(BROADSHEET_ONLY=part).test_client()
        status[part] = browser.get("/mine").status_code, browser.get("/desk/mine").status_code
        status[part] += (browser.submit("/mine").status_code,)
    assert status == {"public": (200, 404, 405), "desk": (404, 303, 404)}


# -- what fails


FAILS = """
from flask import Blueprint, abort
from broadsheet import signals
from broadsheet.plugins import ANYONE

pages = Blueprint("failing", __name__, url_prefix="/failing")


@pages.get("")
def show():
    raise RuntimeError("The page.")


@pages.get("/not-there")
def not_there():
    abort(404)


def receive(post, **_rest):
    raise RuntimeError("The receiver.")


def render(text, argument):
    raise RuntimeError("The block.")


def register(plugin):
    plugin.on(signals.post_published, receive)
    plugin.blueprint(pages, access={"show": ANYONE, "not_there": ANYONE})
    plugin.block("failing", render)
"""


@plugged(failing=FAILS)
def test_a_receiver_that_fails_is_named_and_hurts_nobody_else(app, draft, caplog):
    heard = []
    with signals.post_published.connected_to(lambda post, **_rest: heard.append(post)):
        draft.publish()
        db.session.commit()
    assert heard == [draft]
    assert db.session.get_one(Post, draft.id).is_published
    (line,) = caplog.records
    assert line.message == "plugin failing: its receiver of post_published failed"
    assert line.exc_info
    standing = installed(app).standing("failing")
    assert (standing.failures, standing.problem) == (1, "post_published: RuntimeError: The receiver.")


@plugged(failing=FAILS)
def test_a_page_that_fails_is_an_error_like_any_and_named(app, client, caplog):
    answer = client.get("/failing")
    assert answer.status_code == 500
    assert Page(answer.text).one("h1").text == "Something broke on our side"
    assert [record.message for record in caplog.records] == [
        "GET /failing failed",
        "plugin failing: its page failing.show failed",
    ]
    assert client.get("/failing/not-there").status_code == 404
    standing = installed(app).standing("failing")
    assert (standing.failures, standing.problem) == (1, "/failing: RuntimeError: The page.")


@plugged(failing=FAILS)
def test_a_block_that_fails_leaves_the_text(app, draft, ann, caplog):
    draft.revise(by=ann, body="Before.\n\n::: failing\nWhat was *typed*.\n:::\n\nAfter.")
    assert "What was *typed*." in draft.html
    assert "<p>After.</p>" in draft.html
    (line,) = caplog.records
    assert line.message == "plugin failing: its block failing failed"
    assert installed(app).standing("failing").problem == "::: failing: RuntimeError: The block."


@plugged(failing=FAILS, mine=ONE_OF_EACH)
def test_with_the_last_failure_it_is_off_for_every_process(app, make_app, client, ann, sign_in, ada, caplog):
    other = make_app()
    for _ in range(MOST_FAILURES - 1):
        assert client.get("/failing").status_code == 500
    assert other.test_client().get("/failing").status_code == 500
    assert caplog.records[-1].message == "plugin failing is switched off: it failed 5 times"
    caplog.clear()
    for site in (app, other):
        assert site.test_client().get("/failing").status_code == 404
        assert site.test_client().get("/mine").status_code == 200
    post = Post()
    post.revise(by=ann, title="A", body="::: failing\nx\n:::", authors=[ann], tags=[])
    assert post.html == "<p>::: failing\nx\n:::</p>\n"
    post.publish()
    db.session.commit()
    assert caplog.records == []
    state, words, cure = told(app)["failing"]
    assert (state, words) == (
        "bad",
        "failing is off, because it kept failing: /failing: RuntimeError: The page.",
    )
    assert "start the site anew" in cure
    page = Page(sign_in(ada).get("/desk/plugins").text)
    assert "off after 5 failures" in page.one("table").text
    assert "1 has failed" in sign_in(ada).get("/desk").text


@plugged(failing=FAILS)
def test_a_start_counts_anew_and_leaves_what_is_off_by_hand(app, client):
    standings = Standings(Path(app.instance_path))
    for _ in range(MOST_FAILURES):
        client.get("/failing")
    standings.suspend("other")
    standings.fail("other", "It failed, too.")
    standings.forgive()
    assert client.get("/failing").status_code == 500
    other = standings.of("other")
    assert (other.is_suspended, other.failures, other.problem) == (True, 0, "")


def test_a_file_of_standings_that_is_damaged_switches_nothing_off(tmp_path):
    standings = Standings(tmp_path)
    for content in ("", "[]", '{"mine": 1}', '{"mine": {"failures": "many"}}', "\x00"):
        standings.path.write_text(content)
        assert not standings.of("mine").is_off
    standings.suspend("mine")
    assert Standings(tmp_path).of("mine").is_suspended


# -- the switch


@plugged(
    mine=ONE_OF_EACH.replace(
        "def show():", "def show():\n    from broadsheet.web import headers\n    headers.is_for_everybody()"
    )
)
def test_an_admin_switches_one_off_and_on_again(app, client, sign_in, ada, ann):
    admin, author = sign_in(ada), sign_in(ann)
    assert client.get("/mine").text == "Mine."
    assert "/desk/mine" in author.get("/desk").text
    assert admin.submit("/desk/plugins/suspension", {"name": "mine"}).status_code == 303
    assert client.get("/mine").status_code == 404  # though it was pressed
    assert author.get("/desk/mine").status_code == 404
    assert "/desk/mine" not in author.get("/desk").text
    assert "switched a plugin off" in admin.get("/desk/activity").text
    assert told(app)["mine"][:2] == ("noted", "mine is switched off")
    assert admin.submit("/desk/plugins/suspension/delete", {"name": "mine"}).status_code == 303
    assert client.get("/mine").text == "Mine."
    assert [event.action for event in db.session.scalars(Event.newest_first().limit(2))] == [
        "plugin_reinstated",
        "plugin_suspended",
    ]


@plugged(mine=ONE_OF_EACH)
@pytest.mark.parametrize("address", ["/desk/plugins/suspension", "/desk/plugins/suspension/delete"])
def test_only_an_admin_and_only_one_that_is_there(app, sign_in, ada, ed, address):
    assert sign_in(ed).submit(address, {"name": "mine"}).status_code == 403
    admin = sign_in(ada)
    assert admin.submit(address, {"name": "other"}).status_code == 303
    assert "There is no such plugin." in admin.get("/desk/plugins").text
    assert not installed(app).standings.path.exists()


def test_one_that_is_off_is_not_run_at_a_start_and_loaded_by_a_reload(make_app, app, folder, sign_in, ada):
    write(folder, {"mine": "raise Exception('It was run.')"})
    Standings(folder.parent).suspend("mine")
    again = make_app()
    assert [entry.problem for entry in installed(again).entries] == [""]
    asked = []
    app.extensions |= {
        "broadsheet_plugins": installed(again),
        "broadsheet_reload": lambda: asked.append("reload"),
    }
    admin = sign_in(ada)
    assert admin.submit("/desk/plugins/suspension/delete", {"name": "mine"}).status_code == 303
    assert asked == ["reload"]
    assert "the site loads it now" in admin.get("/desk/plugins").text
    assert installed(make_app()).entries[0].problem == "Exception: It was run."


def test_to_be_safe_none_is_run_and_all_are_listed(make_app, folder):
    write(folder, {"mine": "raise Exception('It was run.')"})
    app = make_app(BROADSHEET_PLUGINS="off")
    assert told(app)["mine"] == ("noted", "mine is not loaded: this was asked to be safe", "")
    assert installed(app).is_safe
