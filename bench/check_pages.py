"""Checks the public pages of a running site with checkers that nobody here wrote, and its links.

    .venv/bin/python -m bench.check_pages http://127.0.0.1:8000 [--remarks] [--nu] [--lighthouse [RUNS]]

Without an option it walks the whole site from its first page: every link within it, and every picture, style
and script, must be there, and every address of the sitemap must be reached (no orphan page). Links that are
redirected within the site, and those to a place within a page that is not there, are counted only: authors
write them. So are the posts whose first view, compressed, takes more than one round trip.

`--nu` has the Nu HTML checker read every page and style sheet; it wants Java and `npm install --no-save
vnu-jar`. `--lighthouse` audits home, a post, about, contact and search, on a phone and on a desk, so many
times each; it wants Chromium and `npm install --no-save lighthouse`. Both want a site without rate limits.
Exits 1 if anything is found.
"""

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

ROOT = Path(__file__).resolve().parents[1]
MODULES = Path(os.environ.get("NODE_MODULES", ROOT / "node_modules"))
NOT_FOLLOWED = re.compile(r"/(?:desk|account|login|logout|password|preview)(?:/|$)")
# What no link leads to: what is found, and not, and the page for what is not there.
ALSO_READ = ("/search?q=the", "/search?q=zzzzzz", "/nothing-is-here")
FIRST_ROUND_TRIP = 14_000  # bytes: ten segments of TCP, the first window of a server (RFC 6928)
POST = re.compile(r"/post/\d+/[^/]+$")
PARTS = {
    "img": ("src",),
    "source": ("src",),
    "video": ("src",),
    "audio": ("src",),
    "script": ("src",),
    "link": ("href",),
}


class Links(HTMLParser):
    """Where a page leads, what it is made of, and what can be led to within it."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.found, self.parts, self.styles, self.ids = (
            url,
            set[str](),
            set[str](),
            set[str](),
            {"", "top"},
        )
        self.weight = len(gzip.compress(html.encode(), 6))
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.ids.update(given[name] or "" for name in ("id", "name") if given.get(name))
        if tag == "a" and given.get("href"):
            self.found.add(whole(self.url, given["href"] or ""))
        for name in PARTS.get(tag, ()):
            if given.get(name):
                self.parts.add(whole(self.url, given[name] or ""))
        for candidate in (given.get("srcset") or "").split(","):
            if candidate.strip():
                self.parts.add(whole(self.url, candidate.split()[0]))
        if tag == "link" and given.get("rel") == "stylesheet":
            self.styles.add(whole(self.url, given["href"] or ""))


def whole(base: str, link: str) -> str:
    """The address that a browser asks for: letters of other scripts are written in percent signs."""
    return quote(urljoin(base, link), safe="%/:=&?~#+!$,;'@()*[]")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def fetch(url: str) -> tuple[int, str, str]:
    """Status, media type, and the text or where it leads instead."""
    try:
        answer = OPENER.open(url, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        if leads_to := answer.headers.get("Location"):
            return answer.status, "", whole(url, leads_to)
        return answer.status, answer.headers.get_content_type(), answer.read().decode("utf-8", "replace")


def walk(home: str) -> tuple[dict[str, Links], list[str], list[str]]:
    """Every page that can be reached from the first one, what is wrong on the way, and what is remarkable."""
    pages: dict[str, Links] = {}
    named_by: dict[str, str] = {home: home}
    waiting, problems, remarks = [home], list[str](), list[str]()
    while waiting:
        url = waiting.pop()
        status, kind, text = fetch(url)
        if status in (301, 302, 303, 308):
            remarks.append(f"{status} at {url}, named by {named_by[url]}")
            if not within(text, home):
                continue
            if text not in named_by:
                named_by[text] = named_by[url]
                waiting.append(text)
        elif status != 200:
            problems.append(f"{status} at {url}, named by {named_by[url]}")
        if kind != "text/html" or status != 200:
            continue
        pages[url] = Links(url, text)
        for link in pages[url].found | pages[url].parts:
            target = urldefrag(link).url
            if target not in named_by and within(target, home):
                named_by[target] = url
                waiting.append(target)
    for url, page in pages.items():
        for link in page.found:
            target, fragment = urldefrag(link)
            if target in pages and unquote(fragment) not in pages[target].ids:
                remarks.append(f"no #{fragment} in {target}, named by {url}")
    return pages, problems, remarks


def within(url: str, home: str) -> bool:
    parts = urlsplit(url)
    return parts.netloc == urlsplit(home).netloc and not NOT_FOLLOWED.match(parts.path)


def sitemap(home: str) -> set[str]:
    """The addresses that it names, through its index."""
    found, waiting = set[str](), [urljoin(home, "/sitemap.xml")]
    while waiting:
        text = fetch(waiting.pop())[2]
        named = re.findall(r"<loc>\s*([^<\s]+)\s*</loc>", text)
        if "<sitemapindex" in text:
            waiting += named
        else:
            found.update(named)
    return found


def nu(urls: list[str]) -> list[str]:
    """What the Nu HTML checker says. It refuses addresses of this machine, so the pages are handed to it."""
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    java = shutil.which("java")
    if not jar.exists() or java is None:
        sys.exit("The Nu HTML checker wants Java and: npm install --no-save vnu-jar")
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, url in enumerate(urls):
            _, kind, text = fetch(url)
            file = Path(folder) / f"{number:05}.{'css' if kind == 'text/css' else 'html'}"
            file.write_text(text, encoding="utf-8")
            names[file.name] = url
        # It guesses the language of a page from its words, and guesses wrong at a post of one word.
        command = [java, "-Xss4m", "-jar", str(jar), "--format", "json", "--exit-zero-always"]
        command += ["--no-langdetect", "--also-check-css", folder]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    problems = []
    for message in json.loads(said)["messages"]:
        url = names[message["url"].rpartition("/")[2]]
        problems.append(
            f"{message.get('subType', message['type'])} at {url}:{message.get('lastLine', '')}:"
            f" {message['message']} … {message.get('extract', '').strip()[:160]}"
        )
    return problems


def lighthouse(urls: list[str], runs: int) -> list[str]:
    program = MODULES / ".bin" / "lighthouse"
    chromium = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program.exists() or chromium is None:
        sys.exit("Lighthouse wants Chromium and: npm install --no-save lighthouse")
    problems = []
    for url in urls:
        for form in ("mobile", "desktop") * runs:
            options = ["--preset=desktop"] if form == "desktop" else []
            flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
            command = [str(program), url, *options, "--output=json", "--quiet", flags]
            run = subprocess.run(
                command, capture_output=True, text=True, env=os.environ | {"CHROME_PATH": chromium}
            )
            if run.returncode:
                problems.append(f"{form} {url}: {run.stderr.strip()[-300:]}")
                continue
            told = json.loads(run.stdout)
            scores = {name: round((one["score"] or 0) * 100) for name, one in told["categories"].items()}
            print(f"{form:8}{url}: " + ", ".join(f"{name} {score}" for name, score in scores.items()))
            for name, category in told["categories"].items():
                if scores[name] == 100:
                    continue
                for audit in category["auditRefs"]:
                    result = told["audits"][audit["id"]]
                    if audit["weight"] and result["score"] is not None and result["score"] < 1:
                        shown = result.get("displayValue", "")
                        problems.append(f"{form} {url}: {name} {scores[name]}: {result['title']} {shown}")
    return problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--nu", action="store_true")
    parser.add_argument("--remarks", action="store_true")
    parser.add_argument("--lighthouse", nargs="?", type=int, const=1, default=0, metavar="RUNS")
    asked = parser.parse_args()
    home = urljoin(asked.url, "/")

    pages, problems, remarks = walk(home)
    named = sitemap(home)
    problems += [f"an orphan: {url} stands in the sitemap alone" for url in sorted(named - pages.keys())]
    links = sum(len(page.found) for page in pages.values())
    print(f"{len(pages)} pages, {links} links, {len(named)} in the sitemap")
    print(f"{len(remarks)} links are redirected or name a place that is not there; --remarks lists them")
    weights = {url: page.weight for url, page in pages.items() if POST.search(urlsplit(url).path)}
    heavy = [
        f"{weight} bytes, compressed: {url}" for url, weight in weights.items() if weight > FIRST_ROUND_TRIP
    ]
    print(f"{len(heavy)} of {len(weights)} posts take more than one round trip")
    if asked.remarks:
        print("\n".join([*remarks, *sorted(heavy)]))
    if asked.nu:
        styles = {style for page in pages.values() for style in page.styles} | {urljoin(home, "/feed.css")}
        chosen = [*sorted(pages.keys() | styles), *(urljoin(home, path) for path in ALSO_READ)]
        problems += nu(chosen)
        print(f"{len(chosen)} pages and styles read by the Nu HTML checker")
    if asked.lighthouse:
        post = next(url for url in sorted(pages) if POST.search(urlsplit(url).path))
        own = [urljoin(home, path) for path in ("/about", "/contact", "/search")]
        own = [home, post, *(url for url in own if fetch(url)[0] == 200)]
        problems += lighthouse(own, asked.lighthouse)
    print("\n".join(problems) or "nothing found")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
