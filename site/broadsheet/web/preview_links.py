"""Preview links as addresses: /preview/<token>, signed, so that none can be guessed or made up."""

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import joinedload

from broadsheet.extensions import db
from broadsheet.models import PreviewLink
from broadsheet.sealing import secret_keys
from broadsheet.web.public_address import public_url


def address(link: PreviewLink) -> str:
    return public_url("previews.show", token=token(link))


def token(link: PreviewLink) -> str:
    """The same every time, so that the desk can show it again."""
    return str(_signer().dumps([link.id, _made(link)]))


def with_token(token: str) -> PreviewLink | None:
    """The link, open or ended; None for what we never signed, and for one that is forgotten."""
    try:
        id, made = _signer().loads(token)
    except BadSignature:
        return None
    loaded = joinedload(PreviewLink.created_by), joinedload(PreviewLink.revision)
    link = db.session.get(PreviewLink, id, options=loaded)
    return link if link is not None and _made(link) == made else None


def _made(link: PreviewLink) -> int:
    # SQLite gives the number of a deleted row to a new one: the old address must not lead there.
    return int(link.created_at.timestamp() * 1_000_000)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(secret_keys(), salt="preview link")
