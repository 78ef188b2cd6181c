"""Fills all that people can fill with known shapes of cross-site scripting, and opens what comes of it.

    .venv/bin/python -m bench.injections [--per 1] [--most 400]

A site of its own, in a temporary folder, gets the shapes of shapes.py through every form, as names and words
of files, in a blog that is imported, in addresses and in headers. A real Chromium then opens what readers and
the desk get, once as it is served and once without the content security policy, so that the markup alone must
hold. Nothing may run, nothing may be asked of another host, and nothing may stand in a page that could do
either; what the policy has to hold back is a finding, too.

`--per` is how many shapes go into one field at a time, `--most` how many pages of one kind are opened.
Exits 1 if anything is found.
"""

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench import machine, scratch, servers
from bench.injections import behaving, filling, watching
from bench.injections.filling import Filler
from bench.injections.shapes import SHAPES
from bench.injections.watching import Watcher

START = (
    "/",
    "/archive",
    "/tags",
    "/authors",
    "/series",
    "/search?q=x",
    "/contact",
    "/submit",
    "/nothing",
    "/login",
)
PROGRAMS = (
    *(
        "/feed.atom",
        "/feed.rss",
        "/feed.json",
        "/sitemap.xml",
        "/sitemap-1.xml",
        "/robots.txt",
        "/opensearch.xml",
    ),
    *("/manifest.webmanifest", "/post/1.md", "/user/ada/feed.atom", "/.well-known/security.txt"),
)
DESK = ("/desk", "/account", "/account/sessions", "/account/second-factors", "/desk/activity", "/desk/errors")
# Where the site's own words, and those of its admin, are seen.
SETTLED = ("/", "/user/ada", "/nothing", "/feed.atom")
SETTLED_DESK = ("/desk/settings", "/desk/navigation", "/account")


@dataclass
class Plan:
    """`per` shapes in a field at a time; at most so many times each form, pages of a kind, looks at the
    site's own words, and addresses that say something."""

    per: int = 1
    sent: int = 400
    most: int = 400
    settled: int = 400
    reflected: int = 5000
    walked: int = 100_000  # pages to which links lead, of each person
    behaved: int = 10
    policies: Sequence[bool] = (True, False)
    shapes: Sequence[str] = SHAPES


@dataclass
class Result:
    fields: int = 0
    pages: int = 0
    behaviours: int = 0
    found: dict[str, None] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def add(self, watcher: Watcher, how: str) -> None:
        self.pages += watcher.opened
        self.found |= {f"{how}: {one}": None for one in watcher.found}


def run(plan: Plan, folder: Path, browser: Browser, say: Callable[[str], None]) -> Result:
    instance, blog, result = folder / "instance", folder / "blog", Result()
    scratch.manage(instance, *scratch.new_admin(), typed=scratch.PASSWORD + "\n")
    blog.mkdir()
    for name, text in filling.imported(plan.shapes, plan.per):
        (blog / name).write_text(text, encoding="utf-8")
    scratch.manage(instance, "import", "markdown", str(blog))
    say("imported")
    # A mail server that nobody reaches: replies are written, and wait.
    mailing = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": scratch.ADMIN}
    with servers.site(instance, folder / "log", **mailing) as site:
        filler = Filler(site.port, plan.shapes, plan.per, plan.sent)
        filled = filler.fill()
        result.found |= dict.fromkeys(filled.broken)
        say(f"filled: {sum(filled.taken.values())} forms taken, {sum(filled.refused.values())} refused")
        for policy in plan.policies:
            how = "as served" if policy else "without the policy"
            with watching.window(browser, site.base, [], policy=policy) as stranger:
                walk(stranger, [*(f"/post/{id}" for id in filled.posts), *START, *PROGRAMS], plan)
                result.add(stranger, f"a stranger, {how}")
            with watching.window(browser, site.base, filler.cookies, policy=policy) as admin:
                walk(admin, [*texts(filled.posts), *DESK], plan)
                answers(admin, filled.refusals, plan)
                addresses(admin, plan)
                result.behaviours += behaviours(admin, plan)
                result.add(admin, f"an admin, {how}")
            say(f"{how}: {result.pages} pages so far, {len(result.found)} findings")
        settle(filler, browser, site.base, plan, result)
    result.fields = filled.fields
    result.taken, result.refused = filled.taken, filled.refused
    return result


def walk(watcher: Watcher, start: Sequence[str], plan: Plan) -> None:
    """Every page that links lead to, so many of each kind."""
    seen, kinds = set(start), Counter[str]()
    waiting = list(start)
    while waiting and watcher.opened < plan.walked:
        watcher.look(waiting.pop(0))
        for path in sorted(watcher.links - seen):
            seen.add(path)
            kind = watching.pattern(path)
            if kinds[kind] < plan.most and not path.startswith("/logout"):
                kinds[kind] += 1
                waiting.append(path.partition("#")[0])
        watcher.links.clear()


def texts(posts: Sequence[str]) -> Iterator[str]:
    """Where the desk shows what is written: the lists, then each text."""
    yield from ("/desk/posts", "/desk/messages", "/desk/submissions", "/desk/uploads", "/desk/tags")
    yield from ("/desk/posts/1/notes", "/desk/messages/1", "/desk/submissions/1")
    yield from (f"/desk/posts/{id}/preview" for id in posts)
    for id in posts:
        yield from (f"/desk/posts/{id}/{view}" for view in ("edit", "revisions", "reviews"))


def answers(watcher: Watcher, refusals: Sequence[tuple[str, int, str, str]], plan: Plan) -> None:
    """What was said of forms that were refused."""
    for refusal in refusals[: plan.walked]:
        watcher.look_at_answer(*refusal)


def addresses(watcher: Watcher, plan: Plan) -> None:
    every = list(filling.reflections(plan.shapes, plan.per))
    for path in every[:: max(1, len(every) // plan.reflected)][: plan.reflected]:
        watcher.look(path)


def behaviours(watcher: Watcher, plan: Plan) -> int:
    texts = filling.packed(plan.shapes, filling.WORDS, 30 * plan.per)
    words = filling.packed(plan.shapes, 200, plan.per)
    return behaving.behave(watcher, texts, words[:: max(1, len(words) // plan.behaved)][: plan.behaved])


def settle(filler: Filler, browser: Browser, base: str, plan: Plan, result: Result) -> None:
    """The site's own words, with a look after each change."""
    with (
        watching.window(browser, base, [], policy=False) as stranger,
        watching.window(browser, base, filler.cookies, policy=True) as admin,
    ):
        for number, _ in enumerate(filler.settings()):
            if number == plan.settled:
                break
            for path in SETTLED:
                stranger.look(path)
            for path in SETTLED_DESK:
                admin.look(path)
        result.add(stranger, "a stranger, without the policy")
        result.add(admin, "an admin, as served")


def told(plan: Plan, result: Result) -> str:
    return (
        f"{len(plan.shapes)} shapes in {result.fields} fields, {result.pages} pages opened, "
        f"{result.behaviours} behaviours of scripts: {len(result.found)} findings."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--per", type=int, default=1)
    parser.add_argument("--most", type=int, default=400)
    asked = parser.parse_args()
    program = machine.program("chromium") or machine.program("google-chrome")
    if not program:
        sys.exit("no Chromium on this machine; to get it: apt install chromium")
    plan, folder = Plan(asked.per, most=asked.most), Path(tempfile.mkdtemp(prefix="broadsheet-injections-"))
    try:
        with sync_playwright() as playwright, watching.chromium(playwright, program) as browser:
            result = run(plan, folder, browser, print)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for path, count in sorted((result.taken | result.refused).items()):
        print(
            f"{path}: {result.taken.get(path, 0)} taken, {result.refused.get(path, 0)} refused", count and ""
        )
    for one in result.found:
        print(one)
    print(told(plan, result))
    sys.exit(1 if result.found else 0)


if __name__ == "__main__":
    main()
