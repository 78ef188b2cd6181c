"""Mails: those that wait, the server that takes them, and whether others will believe their sender.

Sources: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC).
"""

import smtplib
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from broadsheet.config import PREFIX, THIS_MACHINE, Settings
from broadsheet.doctor import facts
from broadsheet.doctor.finding import Finding, bad, duration, good, noted
from broadsheet.lib.lazy import lazily
from broadsheet.mail.server import Server, cause

resolver = lazily("dns.resolver")
dns_errors = lazily("dns.exception")

CHECK = f"Check {PREFIX}SMTP_URL."
PATIENCE = 5.0  # seconds for an answer of the name servers
# A key's name is the sender's choice; these are what large providers and programs use.
SELECTORS = (
    *("default", "mail", "dkim", "s1", "s2", "k1", "k2", "k3", "selector1", "selector2", "google", "smtp"),
    *("fm1", "fm2", "fm3", "mx", "key1", "key2", "protonmail", "postmark", "pm", "mta", "brevo", "ses"),
)


def outbox(settings: Settings) -> Iterator[Finding]:
    folder, found = settings.instance / "outbox", facts.mails()
    if not found.is_set_up:
        yield noted(
            "Outbox",
            f"no mail server is set: {found.waiting} mails are kept in {folder}",
            f"Set {PREFIX}SMTP_URL, as in smtp://user:password@mail.example.org:587.",
        )
        return
    if found.are_late and found.oldest is not None:
        yield bad(
            "Outbox",
            f"mails that wait: {found.waiting}, the oldest for {duration(found.oldest)}",
            "See the line on the mail server.",
        )
    else:
        yield good("Outbox", f"mails that wait: {found.waiting}" if found.waiting else "all is sent")
    if found.refused:
        yield bad(
            "Outbox",
            f"mails that were refused: {found.refused}",
            f"Why stands beside each in {folder}; without .refused in its name it is tried again.",
        )


def server(settings: Settings) -> Iterator[Finding]:
    """Connects and signs in; sends nothing."""
    if not settings.smtp_url:
        return
    server = Server.at(settings.smtp_url)
    where = f"{server.host}:{server.port}"
    try:
        is_safe, signed_in = server.try_out()
    except smtplib.SMTPAuthenticationError as error:
        yield bad(
            "Mail server", f"{where} refuses the user or password: {cause(error)}", f"Check {PREFIX}SMTP_URL."
        )
    except smtplib.SMTPNotSupportedError as error:
        yield bad(
            "Mail server",
            f"{where} cannot be used: {cause(error)}",
            "Take smtps://, or a server that offers STARTTLS and signing in.",
        )
    except (OSError, smtplib.SMTPException) as error:
        yield bad("Mail server", f"{where} cannot be reached: {cause(error)}", CHECK)
    else:
        words = f"{where} answers" + (", and takes user and password" if signed_in else "")
        if is_safe or server.host in THIS_MACHINE:
            yield good("Mail server", words)
        else:
            yield noted(
                "Mail server",
                f"{words}, but without TLS: whoever listens reads the mails",
                "Take smtps:// or a server that offers STARTTLS.",
            )


def sender(settings: Settings) -> Iterator[Finding]:
    """What the name servers say of the domain in the From of our mails."""
    domain = domain_of_sender(settings)
    if not settings.smtp_url or not domain:
        return
    try:
        spf = [one for one in texts(domain) if one.lower().startswith("v=spf1")]
        dmarc = any(
            one.lower().startswith("v=dmarc1")
            for name in with_parents(domain)
            for one in texts(f"_dmarc.{name}")
        )
        keys = next((name for name in SELECTORS if texts(f"{name}._domainkey.{domain}")), "")
    except dns_errors.DNSException as error:
        yield noted("Sender", f"the name servers do not tell about {domain}: {type(error).__name__}")
        return
    cure = (
        f"Others may take our mails for spam. Ask whoever keeps the names of {domain}, or your mail provider."
    )
    if len(spf) != 1:
        why = "has no SPF record" if not spf else "has several SPF records, which counts as none"
        yield bad("Sender", f"{domain} {why}", cure)
    if not dmarc:
        yield bad("Sender", f"{domain} has no DMARC record", cure)
    if not keys:
        yield noted(
            "Sender", f"no DKIM key of {domain} has a usual name", "Look whether your mail provider signs."
        )
    if len(spf) == 1 and dmarc and keys:
        yield good("Sender", f"{domain} has SPF, DMARC, and the DKIM key {keys}")


def domain_of_sender(settings: Settings) -> str:
    """Empty for names that are no public ones."""
    host = parseaddr(settings.mail_from)[1].rpartition("@")[2] or urlsplit(settings.site_url).hostname or ""
    return host if "." in host and host not in THIS_MACHINE else ""


def with_parents(domain: str) -> list[str]:
    """The domain, and those above it down to two labels: a policy of theirs holds for it, too."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]


def texts(name: str) -> list[str]:
    """The TXT records of a name; none of one that is not there."""
    try:
        answer = resolver.resolve(name, "TXT", lifetime=PATIENCE)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
