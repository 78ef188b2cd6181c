"""Whether an answer is what one may expect of a site, whatever it was sent."""

import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from wtforms import Field, FieldList, FormField, HiddenField, PasswordField, StringField
from wtforms.form import BaseForm

from bench.fuzzing.pages import Texts
from bench.fuzzing.site import Answer, Site
from broadsheet.web.problems import MEDIA_TYPE as PROBLEM

TRACE = "Traceback (most recent call last)"
# What stands in them is not for a second time: the trap for programs, and what works once.
NOT_KEPT = ("website", "code", "recovery_code")
# They answer beside the form, which stays open.
BESIDE = ("desk.previews.create", "desk.activity.index", "desk.activity.export")
# Asked again after something was changed: where what was stored would show, and what it could break.
SHOWN = (
    *(("stranger", path) for path in ("/", "/feed.atom", "/feed.rss", "/feed.json", "/sitemap.xml")),
    *(("stranger", path) for path in ("/search?q=text", "/about", "/contact", "/manifest.webmanifest")),
    *(("admin", path) for path in ("/desk", "/desk/posts", "/desk/activity", "/desk/settings")),
)
SOME = 4  # each time every fourth of them
# Neither a sign nor a space: what a page may leave out of what was typed.
UNSEEN = re.compile("[\\s\0-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ufffe\uffff\u202a-\u202e\u2066-\u2069]+")


class Wrong(AssertionError):
    """An answer that no site should give; two of the same `key` have the same cause."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


def judge(site: Site, answer: Answer) -> None:
    """Raises Wrong."""
    if errors := site.logged_errors():
        lines = [line for line in errors.splitlines() if line]
        trace = re.findall(r'File \\"([^"]*)\\", line (\d+)', lines[0])
        key = "{}:{}".format(*trace[-1]) if trace else lines[0][:200]
        ours = [at for at in trace if "/site/broadsheet/" in at[0]]
        raise Wrong(f"logged: {ours[-1:]} {key}", lines[0][-700:])
    if answer.status >= 500:
        raise Wrong(f"status {answer.status}", answer.text[:300])
    if TRACE in answer.text:
        raise Wrong("a traceback", answer.text[:300])
    if answer.notes.entered.startswith("api."):
        _is_told(answer)
    for form in answer.notes.forms:
        if form.errors and answer.notes.entered not in BESIDE:
            _is_kept(form, answer)


def judge_pages(site: Site, answer: Answer, *, thorough: bool) -> None:
    """The page that follows, and `thorough` some of those which show what is stored. Raises Wrong."""
    shown = list(SHOWN[site.requests % SOME :: SOME]) if thorough else []
    onward = re.sub("^http://localhost(?=/)", "", answer.headers.get("location", ""))
    if onward.startswith("/") and not onward.startswith("//"):
        shown.insert(0, ("admin", onward.partition("#")[0]))
    for actor, path in shown:
        page = site.open(actor, path)
        judge(site, page)
        if page.status == 200 and "xml" in page.headers.get("content-type", ""):
            try:
                ElementTree.fromstring(page.text)
            except ElementTree.ParseError as error:
                raise Wrong(f"no XML: {path}", str(error)) from error


def _is_told(answer: Answer) -> None:
    """A program gets JSON, and problem details of what is wrong."""
    media_type = answer.headers.get("content-type", "")
    if answer.status >= 400 and (media_type != PROBLEM or '"detail"' not in answer.text):
        raise Wrong(f"no problem details, in a {answer.status}", f"{media_type}: {answer.text[:300]}")
    if media_type in (PROBLEM, "application/json"):
        try:
            json.loads(answer.text)
        except ValueError as error:
            raise Wrong("no JSON", str(error)) from error


def _is_kept(form: BaseForm, answer: Answer) -> None:
    if 300 <= answer.status < 400:
        if any(_seen(str(field.data or "")) for field in _texts(form)):
            name = type(form).__name__
            raise Wrong(f"{name} is refused by a redirect, and what was typed is gone", str(form.errors))
        return
    if not answer.is_html:
        return
    page = Texts(answer.text)
    found = {_seen(text) for text in page.found}
    # What is ticked is not typed.
    texts = [one for one in _texts(form) if one.name not in page.ticked]
    # A form may leave out a field that the person has no use for; not all of them.
    for field in [one for one in texts if one.name in page.names] or texts:
        typed = {_seen(str(one)) for one in (field.data, *field.raw_data[:1])}
        if not typed & found:
            raise Wrong(
                f"{type(form).__name__}.{field.name} forgets what was typed, in a {answer.status}",
                f"{field.raw_data[:1]!r:.200} {form.errors!r:.200}",
            )


def _texts(fields: BaseForm) -> Iterator[Field]:
    for field in fields:
        if isinstance(field, FormField | FieldList):
            yield from _texts(field)
        elif isinstance(field, StringField) and not isinstance(field, PasswordField | HiddenField):
            typed = field.raw_data and isinstance(field.raw_data[0], str)
            if typed and field.short_name not in NOT_KEPT:
                yield field


def _seen(text: str) -> str:
    return UNSEEN.sub("", text)
