"""Links that open a letter in the mail program (RFC 6068)."""

from urllib.parse import quote

LONGEST_QUOTATION = 1000  # a browser or mail program may refuse an address much longer than 2,000 characters


def reply_link(address: str, subject: str, text: str = "") -> str:
    """`mailto:` to `address`, with `subject` after `Re:` and the beginning of `text` quoted."""
    subject = " ".join(subject.split())
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}".strip()
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(_quoted(text))}"


def _quoted(text: str) -> str:
    if len(text) > LONGEST_QUOTATION:
        text = text[:LONGEST_QUOTATION].rsplit(" ", 1)[0] + " …"
    lines = text.strip().splitlines()
    return "\r\n\r\n" + "\r\n".join(f"> {line}" for line in lines) if lines else ""
