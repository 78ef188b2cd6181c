"""What was written to somebody who wrote to us, and how it stands with each reply."""

from functools import cached_property

from sqlalchemy.orm import joinedload

from broadsheet import mail
from broadsheet.extensions import db
from broadsheet.forms.replies import ReplyForm
from broadsheet.models import Message, Reply, Submission
from broadsheet.models.incoming import Box


class Thread:
    """For templates/desk/_thread.html."""

    def __init__(self, incoming: Message | Submission, form: ReplyForm | None = None) -> None:
        self.incoming = incoming
        self.noun = f"{incoming.kind}s"
        self._form = form

    @cached_property
    def replies(self) -> list[tuple[Reply, mail.Standing | None]]:
        """Each with how it stands with its mail; None: it never reached the outbox."""
        written = db.session.scalars(Reply.thread(self.incoming).options(joinedload(Reply.author)))
        return [(reply, mail.standing(reply.mail_file) if reply.mail_file else None) for reply in written]

    @cached_property
    def form(self) -> ReplyForm:
        return self._form or ReplyForm(self.incoming)

    @property
    def is_open(self) -> bool:
        """Whether one can write back from here; what could not be sent is shown in any case."""
        return self._form is not None or (self.incoming.box == Box.INBOX and mail.is_set_up())

    @property
    def lacks_server(self) -> bool:
        return not mail.is_set_up()
