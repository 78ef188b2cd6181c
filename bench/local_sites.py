"""Sites within this process, for what measures without a server: made, filled, put away."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from broadsheet import config, create_app
from broadsheet.commands.migrating import bring_up_to_date
from broadsheet.extensions import db
from broadsheet.models import Role, User

SLICE = 1_000


def make_site(instance: Path, people: dict[str, Role], database_url: str = "") -> Flask:
    """A site with these people; one that is there already stays as it is."""
    instance.mkdir(parents=True, exist_ok=True)
    environ = {
        "BROADSHEET_INSTANCE": str(instance),
        "BROADSHEET_RATE_LIMITS": "off",
        "BROADSHEET_SECRET_KEY": "x" * 40,
        "BROADSHEET_DATABASE_URL": database_url,
    }
    app = create_app(config.load(environ))
    with app.app_context():
        bring_up_to_date(app)
        if not User.admin_exists():
            for name, role in people.items():
                User.create(
                    name=name,
                    username=name.split()[0].lower(),
                    email=f"{name.split()[0].lower()}@example.com",
                    password="correct horse battery",
                    role=role,
                )
        db.session.commit()
    return app


def insert_rows(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), SLICE):
        db.session.execute(sa.insert(model), rows[start : start + SLICE])
    db.session.commit()


def close(*apps: Flask) -> None:
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
