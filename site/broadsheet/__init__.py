"""Broadsheet: a publishing site that one command starts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from broadsheet.config import Settings

ROOT = Path(__file__).resolve().parents[2]


def create_app(settings: "Settings | None" = None, **overrides: Any) -> "Flask":
    """The application: a table of contents.

    `settings` are read from the environment and `instance/` if none are given; `overrides` are Flask's own
    configuration keys, for tests. Raises config.SettingsError if a setting is wrong.
    """
    # Here and not on top: most commands, and all help, need no application.
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from broadsheet import blueprints, commands, config, jobs, mail, plugins, subscribers
    from broadsheet.database import set_up_mariadb, set_up_sqlite
    from broadsheet.extensions import csrf, db
    from broadsheet.web import (
        access,
        addresses,
        appearance,
        bearer,
        catalogues,
        counting,
        cross_origin,
        current_site,
        errors,
        filters,
        headers,
        kinds,
        lifecycle,
        limits,
        logs,
        parts,
        pieces,
        press,
        public_address,
        receiving,
        sessions,
        setting_up,
        sharing,
        static,
        structured_data,
        style,
        themes,
        translations,
        visits,
        wording,
    )

    settings = settings or config.load()
    app = Flask(
        "broadsheet",
        root_path=str(ROOT / "site" / "broadsheet"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance),
    )
    app.config.from_mapping(settings.flask(), BROADSHEET=settings)
    app.config.from_mapping(TRANSLATIONS=str(ROOT / "site" / "broadsheet" / "translations"), **overrides)
    themes.init_app(app)

    db.init_app(app)
    with app.app_context():
        set_up_sqlite(db.engine)
        set_up_mariadb(db.engine, turns=True)

    # The order of these is the order in which a request passes them.
    logs.init_app(app)
    lifecycle.init_app(app)
    addresses.init_app(app)
    kinds.init_app(app)
    limits.init_app(app)
    bearer.init_app(app)
    receiving.init_app(app)
    csrf.init_app(app)
    sessions.init_app(app)
    current_site.init_app(app)
    setting_up.init_app(app)
    public_address.init_app(app)
    cross_origin.init_app(app)
    access.init_app(app)
    appearance.init_app(app)
    headers.init_app(app)
    visits.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    catalogues.init_app(app)
    pieces.init_app(app)
    style.init_app(app)
    wording.init_app(app)
    sharing.init_app(app)
    structured_data.init_app(app)
    translations.init_app(app)

    parts.init_app(app)
    blueprints.register(app)
    mail.init_app(app)
    jobs.init_app(app)
    subscribers.init_app(app)
    plugins.init_app(app, frozenset(commands.manage.commands))
    commands.register(app)

    # Around Flask; the last one is the first that a request meets.
    static.init_app(app)
    press.init_app(app)
    counting.init_app(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask documents it
    return app
