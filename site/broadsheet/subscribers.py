"""What follows from an event, after its commit. The only place that answers "what happens on …?"."""

from functools import partial
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _

from broadsheet import jobs, mail, media, signals
from broadsheet.database import reading, writing
from broadsheet.extensions import db
from broadsheet.jobs import related_posts, stills, webhooks
from broadsheet.lib import clock
from broadsheet.media import cards, drawn, upkeep
from broadsheet.models import (
    Ability,
    Invitation,
    Message,
    Note,
    Post,
    RelatedPost,
    Reply,
    Review,
    Role,
    Submission,
    Tag,
    Upload,
    User,
    Webhook,
)
from broadsheet.models.content import Content, Status
from broadsheet.models.role import roles_with
from broadsheet.models.webhook import DEAD_AFTER, Because
from broadsheet.models.webhook_event import TYPES
from broadsheet.web import account_notices
from broadsheet.web.current_site import site
from broadsheet.web.public_address import public_address, public_url


def init_app(app: Flask) -> None:
    """Connects the receivers."""
    app.config.setdefault("CARDS_AHEAD", not app.testing)
    signals.upload_stored.connect(make_sizes)
    signals.upload_replaced.connect(make_sizes)
    signals.upload_replaced.connect(put_former_aside)
    signals.upload_deleted.connect(discard_file)
    for signal in (signals.post_published, signals.post_scheduled, signals.post_revised):
        signal.connect(reckon_related_posts)
    signals.import_finished.connect(fetch_imported_stills)
    signals.tag_merged.connect(reckon_of_merged_tag)
    signals.tag_separated.connect(reckon_of_tag)
    signals.password_forgotten.connect(mail_reset_link)
    signals.email_change_requested.connect(mail_email_link)
    for name, notice in ACCOUNT_NOTICES.items():
        getattr(signals, name).connect(notice)
    signals.invitation_created.connect(mail_invitation)
    signals.message_received.connect(mail_message)
    signals.submission_received.connect(mail_submission)
    signals.message_judged.connect(mail_rescued_message)
    signals.submission_judged.connect(mail_rescued_submission)
    for kind in ("post", "page"):
        for verb in ("published", "scheduled", "revised"):
            getattr(signals, f"{kind}_{verb}").connect(fetch_stills)
        for verb in ("published", "revised"):
            getattr(signals, f"{kind}_{verb}").connect(draw_card)
        getattr(signals, f"{kind}_deleted").connect(discard_card)
        getattr(signals, f"{kind}_review_requested").connect(mail_review)
        getattr(signals, f"{kind}_review_returned").connect(mail_returned)
        getattr(signals, f"{kind}_review_passed").connect(mail_passed)
        getattr(signals, f"{kind}_note_left").connect(mail_note)
    signals.reply_written.connect(mail_reply)
    signals.backup_failed.connect(mail_failed_backup)
    for name, receiver in WAKING.items():
        getattr(signals, name).connect(receiver)
    for verb in ("created", "changed", "deleted", "switched_on", "switched_off"):
        getattr(signals, f"webhook_{verb}").connect(forget_known_webhooks)
    signals.webhook_switched_off.connect(mail_webhook_switched_off)


def make_sizes(upload: Upload, **_details: object) -> None:
    if upload.scales:
        jobs.later(upkeep.make_sizes, upload.id)


def fetch_stills(content: Content, **_details: object) -> None:
    """Once readers see it, and not before: the other site would learn what is being written."""
    at = content.published_at
    if "embed" not in content.needs or content.status != Status.PUBLISHED or at is None:
        return
    if at > clock.now():
        jobs.later(stills.fetch, content.kind, content.id, at.isoformat(), at=at)
    else:
        jobs.later(stills.fetch, content.kind, content.id)


def fetch_imported_stills(_source: object, **_details: object) -> None:
    jobs.later(stills.fetch_missing)


def put_former_aside(upload: Upload, *, former_key: str, **_details: object) -> None:
    media.put_aside(former_key)
    jobs.later(upkeep.show_anew, upload.id)


def discard_file(upload: Upload, *, key: str, **_details: object) -> None:
    media.discard(key)


def draw_card(content: Content, **_details: object) -> None:
    """So that the first who shares it need not wait."""
    if current_app.config["CARDS_AHEAD"] and content.is_published and content.card_picture is None:
        jobs.later(cards.make, content.kind, content.id)


def discard_card(content: Content, **_details: object) -> None:
    drawn.discard(f"{content.kind}-{content.id}")


def reckon_related_posts(post: Post, **_details: object) -> None:
    if post.status == Status.PUBLISHED:
        jobs.later(related_posts.reckon, post.id)


def reckon_of_merged_tag(tag: Tag, *, into_id: int, **_details: object) -> None:
    if other := db.session.get(Tag, into_id):
        reckon_of_tag(other)


def reckon_of_tag(tag: Tag, **_details: object) -> None:
    with writing():
        RelatedPost.forget(tag)
        db.session.commit()


def mail_reset_link(user: User, *, url: str, **_details: object) -> None:
    with reading():
        mail.send(
            mail.address(user.name, user.email or ""),
            _("A new password for %(site)s", site=site.title),
            "password_forgotten",
            user=user,
            url=url,
        )


def mail_email_link(user: User, *, email: str, url: str, **_details: object) -> None:
    """To the new address. Whoever has it already is told so, and whoever asked sees no difference."""
    with reading():
        is_taken = User.has_taken(email, but=user)
        mail.send(
            email if is_taken else mail.address(user.name, email),
            _("Your e-mail address at %(site)s", site=site.title),
            "email_taken" if is_taken else "email_change",
            user=user,
            url=url,
            sign_in_url=public_url("account.login"),
        )


def mail_account_notice(
    signal: str,
    user: User,
    *,
    new_place: bool = True,
    is_first: bool = False,
    is_last: bool = True,
    former: str = "",
    undo_url: str = "",
    **details: Any,
) -> None:
    """To the person whose account it is. Of signing in only from a `new_place`, of recovery codes not the
    first, of wrong codes only the `is_last` that is heard, of an address to the `former` one."""
    email = former or user.email
    if not email or not new_place or is_first or not is_last:
        return
    with reading():
        mail.send(
            mail.address(user.name, email),
            _("Your account at %(site)s", site=site.title),
            "account_notice",
            **account_notices.particulars(user, signal, undo_url=undo_url, **details),
            password_url=public_url("account.password"),
            sessions_url=public_url("account.sessions"),
            forgot_url=public_url("account.forgot"),
            tokens_url=public_url("account.tokens"),
        )


ACCOUNT_NOTICES = {name: partial(mail_account_notice, name) for name in account_notices.SENTENCES}


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
            mail.send_to_each(
                admins,
                _("Message: %(subject)s", subject=str(message)),
                "message_received",
                particulars=announcing(message),
                message=message,
                url=public_url("desk.messages.show", id=message.id),
            )


def mail_submission(submission: Submission, **_details: object) -> None:
    if submission.is_spam:
        return
    with reading():
        if editors := addresses_of(Role.EDITOR, Role.ADMIN):
            mail.send_to_each(
                editors,
                _("Submission: %(title)s", title=submission.title),
                "submission_received",
                particulars=announcing(submission),
                submission=submission,
                url=public_url("desk.submissions.show", id=submission.id),
            )


def mail_rescued_message(message: Message, **_details: object) -> None:
    with reading():
        was_rescued = message.was_rescued
    if was_rescued:
        mail_message(message)


def mail_rescued_submission(submission: Submission, **_details: object) -> None:
    with reading():
        was_rescued = submission.was_rescued
    if was_rescued:
        mail_submission(submission)


def mail_review(content: Content, *, review: Review, **_details: object) -> None:
    """To the editors, but not to one who asks another."""
    with reading():
        others = User.reachable(Role.EDITOR, Role.ADMIN).where(User.id != review.requested_by_id)
        if editors := [address_of(user) for user in db.session.scalars(others)]:
            mail.send_to_each(
                editors,
                _("For review: %(title)s", title=content.title or _("Untitled")),
                "review_requested",
                review=review,
                content=content,
                url=url_in_desk(content),
            )


def mail_returned(content: Content, *, review: Review, **_details: object) -> None:
    with reading():
        mail_answer(
            content, review, _("Returned: %(title)s", title=content.title or _("Untitled")), "review_returned"
        )


def mail_passed(content: Content, *, review: Review, **_details: object) -> None:
    with reading():
        subject = _("Published: %(title)s", title=content.title)
        if content.published_at and content.published_at > clock.now():
            subject = _("Scheduled: %(title)s", title=content.title)
        mail_answer(content, review, subject, "review_passed")


def mail_answer(content: Content, review: Review, subject: str, template: str) -> None:
    """To whoever asked, unless the answer is by the same person."""
    author = review.requested_by
    if author is not None and author.is_active and author.email and author.id != review.decided_by_id:
        mail.send(
            address_of(author),
            subject,
            template,
            review=review,
            content=content,
            url=url_in_desk(content),
            public_url=public_address() + content.path,
        )


def mail_note(content: Content, *, note: Note, **_details: object) -> None:
    """To those who write the text, but not to whoever wrote the note."""
    with reading():
        writers = [user for user in content.writers() if user.is_active and user.email]
        if others := [address_of(user) for user in writers if user.id != note.author_id]:
            mail.send_to_each(
                others,
                _("Note: %(title)s", title=content.title or _("Untitled")),
                "note_left",
                note=note,
                content=content,
                url=public_url("desk.notes.index", kind=content, id=content.id),
            )


def url_in_desk(content: Content) -> str:
    return public_url(f"desk.{content.kind}s.edit", id=content.id)


def address_of(user: User) -> str:
    return mail.address(user.name, user.email or "")


def announcing(incoming: Message | Submission) -> mail.Particulars:
    """The answer to the mail goes to the sender; the site's replies join its thread."""
    return mail.Particulars(
        reply_to=mail.address(incoming.name, incoming.email), message_id=mail.message_id(incoming.mark)
    )


def mail_reply(reply: Reply, **_details: object) -> None:
    incoming = reply.to
    author = reply.author.name if reply.author else ""
    mail_id = mail.message_id(reply.mark)
    earlier = Reply.thread(incoming).where(Reply.id < reply.id, Reply.mail_id != "")
    path = mail.send(
        mail.address(incoming.name, incoming.email),
        reply.subject,
        "reply",
        particulars=mail.Particulars(
            reply_to=reply.answers_to and mail.address(author, reply.answers_to),
            from_name=f"{author} · {site.title}" if author else "",
            message_id=mail_id,
            references=(
                mail.message_id(incoming.mark),
                *(one.mail_id for one in db.session.scalars(earlier)),
            ),
            by_person=True,
        ),
        reply=reply,
        author=author,
        site_url=public_url("home.index"),
        contact_url=public_url("contact.new"),
    )
    reply.hand_over(mail_id, path.name)
    db.session.commit()


def mail_failed_backup(where: str, *, was_made: bool, problem: str, **_details: object) -> None:
    with reading():
        if admins := addresses_of(Role.ADMIN):
            mail.send_to_each(
                admins,
                _("No backup of %(site)s", site=site.title),
                "backup_failed",
                where=where,
                was_made=was_made,
                problem=problem,
                url=public_url("desk.errors.index"),
            )


def wake_webhooks(signal: str, _subject: object, **_details: object) -> None:
    webhooks.wake(signal)


WAKING = {name: partial(wake_webhooks, name) for name in TYPES.values()}


def forget_known_webhooks(_webhook: Webhook, **_details: object) -> None:
    webhooks.forget_known()


def mail_webhook_switched_off(webhook: Webhook, *, because: str, **_details: object) -> None:
    """To who made it, or to all admins if that person cannot look at it any more."""
    if because == Because.BY_HAND:
        return
    with reading():
        admins = User.reachable(*roles_with(Ability.CHANGE_SETTINGS))
        owner = db.session.scalars(admins.where(User.id == webhook.created_by_id)).all()
        if told := [address_of(user) for user in owner or db.session.scalars(admins)]:
            mail.send_to_each(
                told,
                _("A webhook of %(site)s is switched off", site=site.title),
                "webhook_switched_off",
                webhook=webhook,
                is_gone=because == Because.GONE,
                days=DEAD_AFTER.days,
                url=public_url("desk.webhooks.show", id=webhook.id),
            )


def addresses_of(*roles: Role) -> list[str]:
    return [address_of(user) for user in db.session.scalars(User.reachable(*roles))]
