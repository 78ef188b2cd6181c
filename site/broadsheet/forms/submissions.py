"""The form in which a submission is accepted."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from broadsheet.extensions import db
from broadsheet.models import Submission, User

NEW_BYLINE = 0


class AcceptanceForm(FlaskForm):
    author = SelectField(
        _l("Byline"),
        coerce=int,
        description=_l("Whose name stands above it. You can change it in the editor."),
    )

    def __init__(self, submission: Submission, **options: Any) -> None:
        query = db.select(User.id, User.name, User.username, User.email).order_by(User.name)
        people = db.session.execute(query).all()
        # The sender's own account or byline, if it looks as if there was one.
        email, name = submission.email.lower(), submission.name
        likely = [one.id for one in people if one.email == email or one.name == name]
        super().__init__(data={"author": likely[0] if likely else NEW_BYLINE}, **options)
        self.author.choices = [
            (NEW_BYLINE, _("A new byline: %(name)s", name=submission.name)),
            *((one.id, f"{one.name} ({one.username})") for one in people),
        ]

    @property
    def byline(self) -> User | None:
        """None for a new one."""
        return db.session.get(User, self.author.data)
