"""The pages of the API: all that the document says, found and written so that it runs."""

import io
import re
import shlex
import shutil
import subprocess
import urllib.request
from contextlib import redirect_stdout
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from broadsheet.blueprints.api.docs.pages import introduced
from broadsheet.blueprints.api.docs.reading import nouns
from broadsheet.blueprints.api.document import document
from markup import Page
from program import API

SERVER = "https://press.example/api/v1"


@pytest.fixture
def calls(app):
    return [call for noun in nouns(document(app), SERVER) for call in noun.calls]


def test_each_call_stands_in_the_index_and_on_the_page_of_its_noun(app, client):
    index = Page(client.get("/api/docs").text)
    links = [link["href"] for link in listed(index)]
    assert len(links) == sum(len(noun.calls) for noun in nouns(document(app), SERVER))
    for noun in nouns(document(app), SERVER):
        page = Page(client.get(f"/api/docs/{noun.name}").text)
        assert [one["id"] for one in page.all("article", class_="api-call")] == [
            call.id for call in noun.calls
        ]
        assert {f"/api/docs/{noun.name}#{call.id}" for call in noun.calls} <= set(links)
        ids = [one["id"] for one in page.walk() if one.get("id")]
        assert len(ids) == len(set(ids))
        assert {one["href"][1:] for one in page.all("a") if one["href"].startswith("#")} <= set(ids)
    assert client.get("/api/docs/nothing").status_code == 404


def listed(page):
    return [
        link
        for noun in page.all("section", class_="api-noun")
        for one in noun.all("li")
        for link in one.all("a")
    ]


def test_a_search_finds_calls_by_all_of_its_words(client):
    def found(q):
        page = Page(client.get("/api/docs/results", query_string={"q": q}).text)
        return [link.text for link in listed(page)]

    assert any("Publish a post" in one for one in found("publish POST"))
    assert all("idempotency-key" not in one.lower() for one in found("Idempotency-Key"))  # in its parameters
    assert found("Idempotency-Key")
    assert found("no such words") == []
    assert "No call has all of these words." in client.get("/api/docs?q=no+such+words").text


def test_what_a_call_does_counts_more_than_what_else_is_said_of_it(client):
    page = Page(client.get("/api/docs/results?q=publish+a+post").text)
    assert listed(page)[0]["href"] == "/api/docs/posts#posts_publish"


def test_a_search_finds_the_introduction(client):
    def linked(q):
        page = Page(client.get("/api/docs", query_string={"q": q}).text)
        return [link["href"] for link in page.all("a") if link["href"].startswith("/api/docs#")]

    assert linked("rate limit") == ["/api/docs#limits"]
    assert linked("no such words") == linked("") == []


def test_the_introduction_stands_on_the_page(client):
    text = client.get("/api/docs").text
    page = Page(text)
    (introduction,) = page.all("section", id="introduction")
    headings = [one.text.removesuffix(" #") for one in introduction.all("h2")]
    assert {"Authentication", "Limits"} <= set(headings)
    assert [link.text for link in page.all("nav", class_="api-toc")[0].all("a")] == headings
    assert "An address" in [cell.text for cell in introduction.all("td")]
    assert "Document(" not in text


def test_what_it_writes_first_a_fresh_site_takes(app, adas):
    for path in ("/posts", "/pages"):
        told = document(app)["paths"][path]["post"]
        example = told["requestBody"]["content"]["application/json"]["example"]
        assert adas.post(path, json=example).status_code == 201


def test_it_is_told_with_the_address_that_was_asked_and_the_press_keeps_each(client):
    for host in ("one.example", "two.example"):
        for _twice in range(2):
            text = client.get("/api/docs/posts", base_url=f"https://{host}").text
            assert f"https://{host}/api/v1/posts" in text
    assert "public" in client.get("/api/docs").headers["Cache-Control"]


def test_nothing_is_loaded_from_elsewhere(client):
    for path in ("/api/docs", "/api/docs/posts"):
        page = Page(client.get(path).text)
        loaded = [one["src"] for one in page.walk() if one.get("src")]
        loaded += [one["href"] for one in page.all("link")]
        assert {urlsplit(address).netloc for address in loaded} <= {"", "localhost"}


def test_python_as_it_is_shown_asks_as_the_document_says(app, calls, monkeypatch, tmp_path):
    asked = []

    class Answer(io.BytesIO):
        status = 204

    def urlopen(request):
        asked.append(request)
        return Answer(b"{}")

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setenv("TOKEN", "bsh_one")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harbour.jpg").write_bytes(b"bytes")
    for call in calls:
        code = {name: code for name, _language, code in call.snippets}["Python"]
        with redirect_stdout(io.StringIO()):
            exec(compile(code, call.id, "exec"), {})  # noqa: S102  our own
        request = asked[-1]
        assert (request.get_method(), request.full_url.startswith(SERVER)) == (call.method, True)
        assert (request.get_header("Authorization") == "Bearer bsh_one") != call.is_open
    assert len(asked) == len(calls)


def test_curl_as_it_is_shown_sends_what_the_document_says(calls):
    for call in calls:
        code = {name: code for name, _language, code in call.snippets}["curl"]
        program, *words = shlex.split(code)
        assert program == "curl"
        options = dict(pairwise(words))
        assert options.get("-X", "GET") == call.method
        assert any(word.startswith(SERVER) for word in words)
        assert ("Authorization: Bearer $TOKEN" in words) != call.is_open


def test_javascript_as_it_is_shown_can_be_read(calls, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js on this machine; to get it: apt install nodejs")
    codes = [{name: code for name, _language, code in call.snippets}["JavaScript"] for call in calls]
    bodies = [re.sub(r"^import .*$", "", code, flags=re.MULTILINE) for code in codes]
    (tmp_path / "all.mjs").write_text("\n".join(f"async () => {{\n{body}\n}};" for body in bodies))
    subprocess.run([node, "--check", "all.mjs"], cwd=tmp_path, check=True)


# -- what the introduction says is what is enforced


def limit(words):
    """The number that stands beside these words in the table of limits."""
    found = re.search(rf"<td>{words}.*?</td>\s*<td>([\d,]+)", introduced().html, re.DOTALL)
    assert found, words
    return int(found[1].replace(",", ""))


def test_the_limits_that_it_states_are_enforced(adas):
    items = limit("Items on a page")
    assert adas.get(f"/posts?limit={items}").status_code == 200
    assert adas.get(f"/posts?limit={items + 1}").status_code == 400

    deep = {"title": "x"}
    for _level in range(limit("Objects and lists")):
        deep = {"other": deep}
    assert adas.post("/posts", json=deep).status_code == 422
    assert "nested deeper" in adas.post("/posts", json={"other": deep}).json["detail"]

    size = limit("A body") * 1_000_000
    for body, status in ((b" " * (size - 2) + b"{}", 201), (b" " * size + b"{}", 413)):
        answer = adas.post("/posts", data=body, content_type="application/json")
        assert answer.status_code == status

    longest = limit("An address")
    filled = f"{API}/posts?slug="
    assert adas.get(filled + "x" * (longest - len(filled))).status_code == 200
    assert adas.get(filled + "x" * (longest - len(filled) + 1)).status_code == 414

    key = limit("An <code>Idempotency-Key")
    for length, status in ((key, 201), (key + 1, 400)):
        assert adas.post("/posts", json={}, headers={"Idempotency-Key": "k" * length}).status_code == status


def test_the_rates_and_sizes_that_it_states_are_those_of_a_site_of_which_nobody_set_others(app):
    settings = app.config["BROADSHEET"]
    assert limit("Reads with one token") == settings.api_reads
    assert limit("Changes with one token") == settings.api_writes
    assert limit("A picture or document") == settings.max_upload_size
    assert limit("A film or sound") == settings.max_media_size


def test_the_usual_length_of_a_list_is_the_one_that_it_states(stranger, publish_many):
    usual = int(re.search(r"<code>limit</code> says how many: (\d+) unless", introduced().html)[1])
    publish_many(usual + 1)
    assert len(stranger.get("/posts").json["items"]) == usual
