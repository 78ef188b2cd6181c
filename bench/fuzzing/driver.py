"""From target to target: so many examples each, and what was wrong with their answers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from wtforms.form import Form

from bench.fuzzing import content
from bench.fuzzing.attempts import Attempt, attempts
from bench.fuzzing.calls import calls, takes
from bench.fuzzing.code import all_names, forms, name_of
from bench.fuzzing.content import Stage
from bench.fuzzing.oracle import Wrong, judge, judge_pages
from bench.fuzzing.site import Hang
from bench.fuzzing.surface import Surface, Target
from stage import Database

ROUNDS = 2  # the second with the names that were learned in the first
NOT_ENTERED = {"static"}  # its files are answered before Flask: see web/static.py


@dataclass
class Report:
    requests: int = 0
    findings: dict[str, str] = field(default_factory=dict)  # by their cause: the least that shows it
    refused: int = 0
    entered: set[str] = field(default_factory=set)
    endpoints: set[str] = field(default_factory=set)
    typed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # fields, by their form
    names: set[str] = field(default_factory=set)
    # What calls of the API take, and what of it came to them, by endpoint.
    taken: dict[str, set[str]] = field(default_factory=dict)
    sent: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def missed(self) -> Iterator[str]:
        """What there is to ask and to type, and was not."""
        not_entered = self.endpoints - self.entered - NOT_ENTERED
        yield from (f"the view of {endpoint}" for endpoint in sorted(not_entered))
        for form, fields in forms().items():
            if missing := fields - self.typed.get(form, set()):
                yield f"{form}: {', '.join(sorted(missing))}"
        for endpoint, names in self.taken.items():
            if missing := names - self.sent[endpoint]:
                yield f"{endpoint}: {', '.join(sorted(missing))}"
        yield from (f"the parameter {name}" for name in sorted(all_names() - self.names))


def run(database: Database, folder: Path, examples: int, first_seed: int, *, thorough: bool = True) -> Report:
    """`examples` are those of each target; `thorough` looks after each change what it did to the pages."""
    report = Report()
    for stage_of, only in ((content.full, ""), (content.empty, "account.setup")):
        place = folder / f"a site that is {stage_of.__name__}"
        place.mkdir()
        with stage_of(database, place) as stage:
            surface = Surface(stage, only)
            targets = surface.explore(thorough=thorough)
            report.findings |= surface.findings
            report.endpoints |= {target.endpoint for target in targets}
            report.taken |= {one.endpoint: takes(one.operation) for one in targets if one.operation}
            for target in targets:
                for _ in range(ROUNDS):
                    known = len(target.names)
                    _try(stage, target, examples, first_seed, report, thorough)
                    if len(target.names) == known or target.method == "GET" or target.operation:
                        break
            report.requests += stage.site.requests
    return report


def _try(
    stage: Stage, target: Target, examples: int, first_seed: int, report: Report, thorough: bool
) -> None:
    if target.operation is None:
        report.names |= target.names
    names: set[str] = set()

    def attempt(one: Attempt) -> None:
        try:
            names.update(_send(stage, target, one, report, thorough))
        except Exception as error:  # whatever comes out of a site is wrong
            key = f"{target}: {error.key if isinstance(error, Wrong) else repr(error)[:300]}"
            words = f"{one}\n    {error}"
            if len(words) <= len(report.findings.get(key, words)):
                report.findings[key] = words
            stage.restore()
        except Hang as hang:
            report.findings[f"{target}: hangs"] = f"{one}\n    {hang}"
            stage.restore()

    options = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # what is wrong is noted, and the next one tried
        suppress_health_check=list(HealthCheck),
    )
    made = attempts(target) if target.operation is None else calls(target)
    given(made)(options(seed(first_seed)(attempt)))()
    target.names |= names


def _send(stage: Stage, target: Target, one: Attempt, report: Report, thorough: bool) -> set[str]:
    """The names that the view looked for."""
    site = stage.site
    answer = site.send(one.actor, one.method, one.path, one.query, one.body, dict(one.headers))
    report.entered.add(answer.notes.entered)
    report.refused += 400 <= answer.status < 500
    if target.operation is not None:
        if answer.notes.entered == target.endpoint:
            report.sent[target.endpoint] |= {name.decode() for name, *_ in one.typed}
    else:  # what a call fills says nothing of the page with the same form
        for form in answer.notes.forms:
            report.typed[name_of(type(form))] |= _typed_into(form, one)
    judge(site, answer)
    if one.method != "GET" and answer.status < 400:
        judge_pages(site, answer, thorough=thorough)
        stage.restore()
    return answer.notes.asked


def _typed_into(form: Form, one: Attempt) -> set[str]:
    sent = {name.decode("utf-8", "replace") for name, *_ in one.typed}
    return {each.short_name for each in form if any(f"{name}-".startswith(f"{each.name}-") for name in sent)}
