"""One mail: who it is from and to, its headers, its text."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import urlsplit

from flask import current_app, has_request_context, request

from broadsheet.config import Settings
from broadsheet.lib import clock
from broadsheet.models import Site

LONGEST_LINE = 990


def address(name: str, email: str) -> str:
    """One line `Name <email>` in which no name, whatever it holds, can become a header of its own."""
    return str(as_address(one_line(name), email))


def compose(to: list[str], subject: str, text: str, reply_to: str = "") -> EmailMessage:
    sent_from = sender()
    plain = all(line.isascii() for line in (sent_from, reply_to, *(parseaddr(line)[1] for line in to)))
    message = EmailMessage(SMTP if plain else SMTPUTF8)
    message["From"] = sent_from
    message["To"] = [parsed(line) for line in to]
    if reply_to:
        message["Reply-To"] = parsed(reply_to)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=parseaddr(sent_from)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs keep still
    message.set_content(text.strip() + "\n", cte=encoding_for(text))
    return message


def encoding_for(text: str) -> str:
    """As it is if lines are short enough (RFC 5321, 4.5.3.1.6): a link in the outbox can be copied then."""
    if any(len(line.encode()) > LONGEST_LINE for line in text.splitlines()):
        return "quoted-printable"
    return "7bit" if text.isascii() else "8bit"


def sender() -> str:
    settings: Settings = current_app.config["BROADSHEET"]
    if settings.mail_from:
        return str(parsed(settings.mail_from))
    site = Site.load()
    here = request.host_url if has_request_context() else ""
    home = urlsplit(settings.site_url or next(iter(site.addresses), here))
    return address(site.title, f"noreply@{ascii_host(home.hostname or 'localhost')}")


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
