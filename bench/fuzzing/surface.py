"""Everything that can be asked of the site: each route with each method, and what it takes."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from bench.fuzzing.code import names_in
from bench.fuzzing.content import ACTORS, Stage
from bench.fuzzing.oracle import Wrong, judge
from bench.fuzzing.pages import Field, PageReader, as_sent
from bench.fuzzing.site import csrf_token
from broadsheet.models import Ability
from broadsheet.models.role import roles_with
from broadsheet.web.access import ACCESS, SENSITIVE, Demand
from broadsheet.web.problems import API

PAGES_A_RULE = 3  # of one rule: others of it offer nothing else
MOST_ADDRESSES = 6
MOST_FORMS = 8
SIGNING_IN = "/login/"
PLAIN = "application/x-www-form-urlencoded"


@dataclass
class Target:
    rule: Rule
    method: str
    actors: tuple[str, ...]  # who may ask for it
    addresses: list[str] = field(default_factory=list)
    forms: list[tuple[str, list[Field]]] = field(default_factory=list)  # with the address each is sent to
    names: set[str] = field(default_factory=set)  # of parameters and fields
    operation: Any = None  # what a call of the API says of itself

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


class Surface:
    def __init__(self, stage: Stage, only: str = "") -> None:
        """`only` is the one endpoint that is meant, if it is not all."""
        self.stage, self.site = stage, stage.site
        self.adapter: MapAdapter = self.site.app.url_map.bind("localhost")
        self.targets = {
            (id(rule), method): Target(rule, method, _who_may(rule))
            for rule in self.site.app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            if only in ("", rule.endpoint)
        }
        for target in self.targets.values():
            target.operation = getattr(self.site.app.view_functions[target.endpoint], "operation", None)
        self.findings: dict[str, str] = {}
        self._seen: set[str] = set()
        self._pool: dict[str, list[object]] = defaultdict(list)  # values of parts of addresses, by name

    def explore(self, *, thorough: bool) -> list[Target]:
        """Walks the site, and `thorough` asks each target as its pages would, to learn what it looks for."""
        pages = PAGES_A_RULE if thorough else 1
        self._walk("admin", ["/", "/desk", "/account", *self.stage.addresses], pages)
        # Who has not just said who it is meets other forms; that of an admin for somebody else has more.
        self._walk("returning", ["/desk/people", "/desk/invitations"], pages + 1)
        self._walk("stranger", ["/login", *self.stage.addresses], pages)
        self._walk("halfway", [path for path in self._plain_paths() if path.startswith(SIGNING_IN)], pages)
        for target in self.targets.values():
            if not target.addresses:
                target.addresses.append(self._built(target.rule))
            target.forms.sort(key=lambda form: -len(form[1]))  # the first is tried most
            target.names |= names_in(self.site.code_of(target.endpoint))
            if thorough:
                self._ask(target)
        return list(self.targets.values())

    def _plain_paths(self) -> list[str]:
        return [one.rule.rule for one in self.targets.values() if not one.rule.arguments]

    # -- walking

    def _walk(self, actor: str, first: list[str], pages_a_rule: int) -> None:
        """From page to page, so many of each rule; those that somebody else has seen are not seen again."""
        if actor not in self.site.cookies:
            return
        seen, visits = self._seen.union(first), defaultdict[int, int](int)
        waiting = list(first)
        while waiting:
            url = waiting.pop(0)
            target = self._known(url, "GET")
            if target is None or visits[id(target)] >= pages_a_rule or target.endpoint == "static":
                continue
            visits[id(target)] += 1
            answer = self.site.open(actor, url)
            target.names |= answer.notes.asked
            if not answer.is_html:
                continue
            page = PageReader(url, answer.text)
            for form in page.forms:
                for action, method, fields in form.ways():
                    self._note_form(action, method, fields)
            found = sorted(page.links - seen)
            self._seen.add(url)
            seen.update(found)
            waiting += found

    def _known(self, url: str, method: str) -> Target | None:
        """The target of an address, which is noted; None if it is none of ours."""
        path, _, query = url.partition("?")
        try:
            rule, values = self.adapter.match(path, method, return_rule=True)
        except HTTPException:
            return None
        target = self.targets.get((id(rule), method))
        if target is None:
            return None
        if path not in target.addresses and len(target.addresses) < MOST_ADDRESSES:
            target.addresses.append(path)
        target.names.update(part.partition("=")[0] for part in query.split("&") if part)
        for name, value in values.items():
            if value not in self._pool[name]:
                self._pool[name].append(value)
        return target

    def _note_form(self, action: str, method: str, fields: list[Field]) -> None:
        target = self._known(action, method)
        if target is None:
            return
        target.names.update(one.name for one in fields)
        is_known = _shape(fields) in (_shape(others) for _, others in target.forms)
        if not is_known and len(target.forms) < MOST_FORMS:
            target.forms.append((action, fields))

    # -- asking

    def _built(self, rule: Rule) -> str:
        """An address of the rule, from what stands in those of others."""
        path = ""
        for is_argument, text in rule._trace:
            path += self._written(rule, text) if is_argument else text
        return "/" + path.lstrip("|/")

    def _written(self, rule: Rule, name: str) -> str:
        converter = rule._converters[name]
        for value in [*self._pool[name], *sorted(getattr(converter, "items", ())), "x", 1]:
            try:
                written = converter.to_url(value)
            except (ValueError, TypeError):
                continue
            if re.fullmatch(converter.regex, written):
                return written
        return "x"

    def _ask(self, target: Target) -> None:
        actor, method = target.actors[0], target.method
        token = Field("csrf_token", csrf_token(), "hidden")
        for action, fields in target.forms or [(target.addresses[0], [])]:
            path = action.partition("?")[0]
            body = as_sent([token, *(one for one in fields if one.name != token.name)])
            if method == "GET":
                answer = self.site.send(actor, method, path, body, b"", {})
            else:
                answer = self.site.send(actor, method, path, b"", body, {"Content-Type": PLAIN})
                self.stage.restore()
            try:
                judge(self.site, answer)
            except Wrong as wrong:
                self.findings[f"{target}: {wrong.key}"] = f"{actor}: {action}, {body!r}\n    {wrong}"
            target.names |= answer.notes.asked


def _shape(fields: list[Field]) -> list[tuple[str, str, str]]:
    """What makes a form another one: its fields, and which button was pressed."""
    return [(one.name, one.kind, one.value if one.kind == "button" else "") for one in fields]


def _who_may(rule: Rule) -> tuple[str, ...]:
    """The first is the one who asks most."""
    endpoint = str(rule.endpoint)
    required = ACCESS.get(endpoint)
    if rule.rule.startswith(SIGNING_IN):
        return ("halfway", "stranger")
    if isinstance(required, Demand):
        return _able(required.ability)
    if rule.rule.startswith(API):
        return ("admin", "reader", "stranger")
    if isinstance(required, Ability):
        if required in (Ability.MANAGE_PEOPLE, Ability.CHANGE_SETTINGS) and endpoint not in SENSITIVE:
            return ("returning", "admin")
        return (*_able(required), "returning")
    return ("stranger", "admin", "halfway")


def _able(ability: Ability) -> tuple[str, ...]:
    able = {role.value for role in roles_with(ability)}
    return tuple(sorted(able, key=lambda one: -ACTORS.index(one)))
