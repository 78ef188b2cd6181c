"""The form of a reply by mail to a message or a submission."""

from email.utils import parseaddr
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField

from broadsheet import mail
from broadsheet.models import Message, Reply, Submission, User
from broadsheet.models.incoming import Box
from broadsheet.models.reply import SUBJECT_LENGTH
from broadsheet.web.fields import AtMost, Required, line, paragraphs
from broadsheet.web.filters import datetime_

LONGEST = 50_000
LONGEST_QUOTATION = 5_000


class ReplyForm(FlaskForm):
    subject = StringField(_l("Subject"), [Required(), AtMost(SUBJECT_LENGTH)], [line])
    body = TextAreaField(_l("Your reply"), [Required(), AtMost(LONGEST)], [paragraphs])
    answers_to = SelectField(_l("Answers go to"))

    def __init__(self, incoming: Message | Submission, **options: Any) -> None:
        self.incoming = incoming
        stored = {"subject": subject_for(incoming), "answers_to": next(iter(addresses()), "")}
        super().__init__(data=stored, **options)
        if not self.is_submitted():
            self.body.data = quotation(incoming)  # past the filter, which would take the room above it
        self.answers_to.flags.required = bool(addresses())
        self.answers_to.choices = [(one, one) for one in addresses()] or [
            ("", _("nobody: neither you nor the site has an address for them"))
        ]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        is_right = super().validate(*args, **kwargs)
        if not mail.is_set_up():
            self.form_errors.append(_("No mail can be sent: the site has no mail server."))
        elif self.incoming.box != Box.INBOX:
            self.form_errors.append(_("It is in the spam or in the trash now. Take it back first."))
        return bool(is_right and not self.form_errors)

    def write(self, by: User) -> Reply:
        """What a valid form says; it is on its way once that is stored."""
        return Reply.write(
            self.incoming,
            by=by,
            subject=self.subject.data,
            body=self.body.data,
            answers_to=self.answers_to.data,
        )


def send_again(reply: Reply) -> bool:
    """Tries once more what never reached the outbox, or what the mail server refused; whether there was any
    such thing."""
    if reply.mail_file:
        return mail.retry(reply.mail_file)
    reply.send()
    return True


def addresses() -> list[str]:
    """Where the sender's answer may go: to whoever writes, or to the site."""
    of_site = parseaddr(current_app.config["BROADSHEET"].mail_from)[1]
    return [one for one in (current_user.email, of_site) if one]


def subject_for(incoming: Message | Submission) -> str:
    subject = incoming.title or _("Your message")
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"[:SUBJECT_LENGTH]


def quotation(incoming: Message | Submission) -> str:
    """A message is quoted under the place where one writes; a piece is too long for that."""
    if not isinstance(incoming, Message):
        return ""
    text = incoming.body
    if len(text) > LONGEST_QUOTATION:
        text = text[:LONGEST_QUOTATION].rsplit(" ", 1)[0] + " …"
    quoted = "\n".join(f"> {one}".rstrip() for one in text.strip().splitlines())
    wrote = _("On %(date)s, %(name)s wrote:", date=datetime_(incoming.created_at), name=incoming.name)
    return f"\n\n\n{wrote}\n{quoted}"
