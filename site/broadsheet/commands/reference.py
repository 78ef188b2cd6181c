"""`reference`: the pages of docs/reference/ that are written from the code."""

from collections.abc import Iterator
from dataclasses import Field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet import config
from broadsheet.commands.demands import example

if TYPE_CHECKING:
    from broadsheet.signals import Meaning

FOLDER = config.ROOT / "docs" / "reference"
WRITTEN = "<!-- Written by `python3 manage.py reference`. Change the code, not this page. -->"


@click.command(
    "reference", epilog=example("python3 manage.py reference", "python3 manage.py reference --check")
)
@click.option("--check", is_flag=True, help="Write nothing; fail if a page is not up to date.")
def reference(check: bool) -> int:
    """Write docs/reference/ from the code."""
    stale = [path for path, content in pages().items() if not is_up_to_date(path, content)]
    if check and stale:
        names = ", ".join(str(path.relative_to(config.ROOT)) for path in stale)
        raise click.ClickException(f"Not up to date: {names}. Run: python3 manage.py reference")
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8", newline="\n")
        click.echo(f"Wrote {path.relative_to(config.ROOT)}.")
    if not stale:
        click.echo("The reference is up to date.")
    return 0


def is_up_to_date(path: Path, content: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == content


def pages() -> dict[Path, str]:
    return {
        FOLDER / "settings.md": settings_page(),
        FOLDER / "commands.md": commands_page(),
        FOLDER / "signals.md": signals_page(),
        FOLDER / "operations.md": operations_page(),
    }


# -- settings


def settings_page() -> str:
    rows = "\n".join(setting_row(each) for each in config.TABLE.values() if not only_environment(each))
    special = "\n".join(setting_row(each) for each in config.TABLE.values() if only_environment(each))
    return f"""{WRITTEN}

# Settings

Broadsheet runs without any. What an owner changes from day to day (title, navigation, colours) is no
setting: it is in the desk. For the rest there are two places, and the first wins:

1. the environment: `BROADSHEET_PORT=9000 python3 manage.py run`
2. `instance/{config.FILE}`, with the same names in lower case and without the prefix:

   ```toml
   port = 9000
   trusted_hosts = ["www.example.org"]
   ```

They are read and checked once, at the start. An unknown or ill-formed one stops it, with its name and the
nearest right one. Switches take `on` and `off`; lists are separated by commas in the environment.

| in the environment | in the file | meaning | default |
|---|---|---|---|
{rows}

These make sense only in the environment:

| in the environment | | meaning | default |
|---|---|---|---|
{special}
"""


def only_environment(each: "Field[Any]") -> bool:
    return bool(each.metadata["only_environment"])


def setting_row(each: "Field[Any]") -> str:
    in_file = "" if only_environment(each) else f"`{each.name}`"
    default = each.metadata["shown"] or plain(config.default_of(each))
    return f"| `{config.PREFIX}{each.name.upper()}` | {in_file} | {each.metadata['meaning']} | {default} |"


def plain(value: Any) -> str:
    if isinstance(value, bool):
        return "`on`" if value else "`off`"
    return f"`{value}`" if value not in ("", ()) else "none"


# -- commands


def commands_page() -> str:
    from broadsheet.commands import COMMANDS, PROGRAM

    sections = "\n".join(section for each in COMMANDS for section in command_sections(each, PROGRAM))
    return f"""{WRITTEN}

# Commands

`{PROGRAM}` lists them; `{PROGRAM} COMMAND --help` explains one. The exit status is 0 only on
success: 1 says that it failed, 2 that it was called wrongly, 130 that it was interrupted. An error is one
line on standard error; `--debug` before the command's name shows the whole trace of an unexpected one.

{sections}"""


def command_sections(command: click.Command, parent: str) -> Iterator[str]:
    name = f"{parent} {command.name}"
    context = click.Context(command, info_name=name, terminal_width=100, **command.context_settings)
    yield f"## {name.removeprefix('python3 manage.py ')}\n\n```text\n{context.get_help()}\n```\n"
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from command_sections(each, name)


# -- signals


def signals_page() -> str:
    from broadsheet import signals

    rows = "\n".join(signal_row(name, meaning) for name, meaning in signals.every().items())
    return f"""{WRITTEN}

# Signals

What happens on the site is told by a signal of `broadsheet.signals`, to which a
[plugin](../guide/plugins.md) or a function of `subscribers.py` subscribes. A receiver is called as
`receiver(sender, **arguments)`, with the arguments named here and no other; it takes what it needs, and the
rest by `**_rest`, since later versions may bring more.

Senders, and arguments with a capital, are models (`broadsheet.models`). Of what was deleted, the columns can
still be read. A post that was scheduled sends nothing at the moment at which it appears.

## Sent after the commit

All of them are: what a signal tells is stored, whatever becomes of its receivers. They are called one after
another in the process that made the change, within its request, command or job, and before it answers. After
a crash between the commit and the call nobody is told; what must happen even then is no matter of a signal.

| signal | when | sender | arguments |
|---|---|---|---|
{rows}
"""


def signal_row(name: str, meaning: "Meaning") -> str:
    arguments = "; ".join(f"`{each}`: {what}" for each, what in meaning.arguments.items())
    return f"| `{name}` | {meaning.when} | {meaning.sender} | {arguments or 'none'} |"


# -- operations of the API


def operations_page() -> str:
    rows = [operation_row(*each) for each in operations_of_api()]
    return f"""{WRITTEN}

# Operations of the API

All {len(rows)} of them. What each takes and answers stands on every site at `/api/docs`, and for programs
in `/api/v1/openapi.json`; how one begins, in the [guide](../guide/api.md). Addresses begin behind `/api/v1`.
What has neither a scope nor a role needs no token.

| | address | what it does | scope | from the role |
|---|---|---|---|---|
{chr(10).join(rows)}
"""


def operations_of_api() -> "Iterator[tuple[str, str, dict[str, Any]]]":
    """(method, path, what the OpenAPI document says of it), a noun after the other."""
    from flask import Flask

    from broadsheet.blueprints import api
    from broadsheet.blueprints.api.document import document
    from broadsheet.web.addresses import Number

    app = Flask("broadsheet")
    app.url_map.converters["int"] = Number
    app.register_blueprint(api.blueprint)
    told = document(app)
    for tag in told["tags"]:
        for path, methods in told["paths"].items():
            for method, call in methods.items():
                if call["tags"] == [tag["name"]]:
                    yield method.upper(), path, call


def operation_row(method: str, path: str, call: dict[str, Any]) -> str:
    scope = f"`{call['x-scope']}`" if "x-scope" in call else ""
    return f"| {method} | `{path}` | {call['summary']} | {scope} | {call.get('x-least-role', '')} |"
