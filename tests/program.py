"""A program that uses the API: sends its token and JSON, keeps no cookie."""

from typing import Any

from flask import Flask

from broadsheet.extensions import db
from broadsheet.models import ApiToken, Scope, User
from stage import Client

API = "/api/v1"


class Program(Client):
    """Its addresses begin behind /api/v1."""

    token = ""

    def open(self, path: Any, *args: Any, **options: Any) -> Any:  # type: ignore[override]
        if isinstance(path, str):
            path = path if path.startswith("/api") or "://" in path else API + path
            given = options.pop("headers", None) or {}
            own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            options["headers"] = own | dict(given)
        return super().open(path, *args, **options)


def program(app: Flask, person: User | None = None, *scopes: Scope) -> Program:
    """With a token of this person, for these scopes or all of them; without one, a stranger's."""
    made = Program(app, use_cookies=False)
    if person is not None:
        _row, made.token = ApiToken.make(person, name="test", scopes=scopes or Scope, expires_at=None)
        db.session.commit()
    return made
