"""One mail: who it is from and to, its headers, its text."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import urlsplit

from flask import current_app, has_request_context, request

from broadsheet.config import Settings
from broadsheet.lib import clock
from broadsheet.mail.rounds import EACH
from broadsheet.models import Site

LONGEST_LINE = 990


def address(name: str, email: str) -> str:
    """One line `Name <email>` in which no name, whatever it holds, can become a header of its own."""
    return str(as_address(one_line(name), email))


@dataclass(frozen=True)
class Particulars:
    """What a letter has beside its text, where it differs from one that the site writes by itself."""

    reply_to: str = ""
    from_name: str = ""  # before the site's address
    message_id: str = ""  # see `message_id`
    references: tuple[str, ...] = ()  # Message-IDs of the letters before it, oldest first
    by_person: bool = False  # somebody has written it just now


AS_USUAL = Particulars()


def compose(to: list[str], subject: str, text: str, more: Particulars = AS_USUAL) -> EmailMessage:
    """To one, or a letter of its own to each of several: see rounds.py."""
    sent_from = sender(more.from_name)
    plain = all(parseaddr(line)[1].isascii() for line in (sent_from, more.reply_to, *to))
    message = EmailMessage(SMTP if plain else SMTPUTF8)
    message["From"] = sent_from
    if len(to) == 1:
        message["To"] = parsed(to[0])
    else:
        for line in to:
            message[EACH] = str(parsed(line))
    if more.reply_to:
        message["Reply-To"] = parsed(more.reply_to)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = one_line(more.message_id) or make_msgid(domain=home())
    if more.references:  # RFC 5322, section 3.6.4: by these mail programs put a thread together
        message["In-Reply-To"] = one_line(more.references[-1])
        message["References"] = one_line(" ".join(more.references))
    if not more.by_person:
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs keep still
    message.set_content(text.strip() + "\n", cte=encoding_for(text))
    return message


def message_id(mark: str) -> str:
    """The Message-ID of the one letter about what `mark` names for ever: "message-7.1790000000"."""
    return f"<{mark}@{home()}>"


def home() -> str:
    """The host from which we write."""
    return parseaddr(sender())[1].rpartition("@")[2]


def encoding_for(text: str) -> str:
    """As it is if lines are short enough (RFC 5321, 4.5.3.1.6): a link in the outbox can be copied then."""
    if any(len(line.encode()) > LONGEST_LINE for line in text.splitlines()):
        return "quoted-printable"
    return "7bit" if text.isascii() else "8bit"


def sender(name: str = "") -> str:
    """The site's address, with the name of a person before it or its own."""
    settings: Settings = current_app.config["BROADSHEET"]
    if settings.mail_from:
        own = parsed(settings.mail_from)
        return address(name or own.display_name, own.addr_spec)
    site = Site.load()
    here = request.host_url if has_request_context() else ""
    host = urlsplit(settings.site_url or next(iter(site.addresses), here)).hostname
    return address(name or site.title, f"noreply@{ascii_host(host or 'localhost')}")


def parsed(line: str) -> Address:
    return as_address(*parseaddr(one_line(line)))


def as_address(name: str, email: str) -> Address:
    local, at, domain = email.rpartition("@")
    if not (local and at and domain):
        raise ValueError("this is no mail address")
    return Address(name, local, domain)


def one_line(words: str) -> str:
    return "".join(character for character in " ".join(words.split()) if character.isprintable())


def ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "localhost"
