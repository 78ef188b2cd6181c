"""`routes`: Flask's own list."""

import click

from broadsheet.commands.demands import example, with_app


@click.command(epilog=example("python3 manage.py routes --sort rule"))
@click.option("--sort", type=click.Choice(["endpoint", "methods", "rule", "match"]), default="endpoint")
@click.option("--all-methods", is_flag=True, help="Also HEAD and OPTIONS.")
@click.pass_context
@with_app
def routes(context: click.Context, sort: str, all_methods: bool) -> None:
    """List every address of the site and what answers it; of a part, those of that part."""
    from flask import current_app
    from flask.cli import routes_command
    from werkzeug.routing import Map

    rules = [rule.empty() for rule in current_app.url_map.iter_rules() if not rule.build_only]
    current_app.url_map = Map(rules, converters=current_app.url_map.converters)
    context.invoke(routes_command, sort=sort, all_methods=all_methods)
