"""`doctor`: what is wrong with this installation, and the cure."""

import json

import click

from broadsheet.commands.demands import example, with_app

MARKS = {"good": ("ok", "green"), "noted": ("note", "yellow"), "bad": ("BAD", "red")}


@click.command(
    epilog=example(
        "python3 manage.py doctor", "python3 manage.py doctor --mend", "python3 manage.py doctor --json"
    )
)
@click.option("--offline", is_flag=True, help="Ask no other machine: not the mail server, not the names.")
@click.option("--mend", is_flag=True, help="Put right what a crash may leave: stray files, a broken index.")
@click.option("--json", "as_json", is_flag=True, help="One object a line, for programs.")
@with_app
def doctor(offline: bool, mend: bool, as_json: bool) -> None:
    """Look the installation over: one line each, with the cure.

    It looks at settings, secret key, permissions, clock, disk, database, search, uploads, worker, backups and
    mail; at the public address, with its HTTPS and proxy; and at what the world's name servers say of the
    sender. It changes nothing without --mend. The exit status is 1 if anything is bad.
    """
    from flask import current_app

    from broadsheet.commands.migrating import is_at_head
    from broadsheet.doctor import State, examine
    from broadsheet.doctor.store import mend_search, mend_uploads

    if not is_at_head():
        raise click.ClickException(
            "The database is not of the shape that this code expects, or does not answer."
            " python3 manage.py db upgrade says why, or brings it there."
        )
    if mend:
        count, aside = mend_uploads()
        posts = mend_search()
        if not as_json:
            click.echo(f"Files that nothing knew: {count}" + (f", moved to {aside}" if count else ""))
            click.echo(f"Posts in the index, written anew: {posts}")
    is_well = True
    for finding in examine(current_app.config["BROADSHEET"], offline=offline):
        is_well = is_well and finding.state is not State.BAD
        if as_json:
            click.echo(json.dumps(finding._asdict(), ensure_ascii=False))
            continue
        mark, colour = MARKS[finding.state]
        click.echo(f"{click.style(f'{mark:5}', fg=colour)} {finding.what:12} {finding.words}")
        if finding.cure:
            click.echo(f"{'':18} -> {finding.cure}")
    click.get_current_context().exit(0 if is_well else 1)
