"""What follows from an event, after its commit. The only place that answers "what happens on …?"."""

from flask import Flask
from flask_babel import gettext as _

from broadsheet import mail, media, signals
from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.models import Invitation, Message, Role, Submission, Upload, User
from broadsheet.web.current_site import site
from broadsheet.web.public_address import public_url


def init_app(app: Flask) -> None:
    """Connects the receivers."""
    signals.upload_deleted.connect(discard_file)
    signals.password_forgotten.connect(mail_reset_link)
    signals.invitation_created.connect(mail_invitation)
    signals.message_received.connect(mail_message)
    signals.submission_received.connect(mail_submission)


def discard_file(upload: Upload, *, key: str, **_details: object) -> None:
    media.discard(key)


def mail_reset_link(user: User, *, url: str, **_details: object) -> None:
    with reading():
        mail.send(
            mail.address(user.name, user.email or ""),
            _("A new password for %(site)s", site=site.title),
            "password_forgotten",
            user=user,
            url=url,
        )


def mail_invitation(invitation: Invitation, *, url: str, **_details: object) -> None:
    with reading():
        mail.send(
            invitation.email,
            _("You are invited to %(site)s", site=site.title),
            "invitation_created",
            invitation=invitation,
            url=url,
        )


def mail_message(message: Message, **_details: object) -> None:
    if message.is_spam:
        return
    with reading():
        if admins := addresses_of(Role.ADMIN):
            mail.send(
                admins,
                _("Message: %(subject)s", subject=str(message)),
                "message_received",
                reply_to=mail.address(message.name, message.email),
                message=message,
                url=public_url("desk.messages.show", id=message.id),
            )


def mail_submission(submission: Submission, **_details: object) -> None:
    if submission.is_spam:
        return
    with reading():
        if editors := addresses_of(Role.EDITOR, Role.ADMIN):
            mail.send(
                editors,
                _("Submission: %(title)s", title=submission.title),
                "submission_received",
                reply_to=mail.address(submission.name, submission.email),
                submission=submission,
                url=public_url("desk.submissions.show", id=submission.id),
            )


def addresses_of(*roles: Role) -> list[str]:
    return [mail.address(user.name, user.email or "") for user in db.session.scalars(User.reachable(*roles))]
