"""What the search looks into: the words of each post, kept beside it.

Title, summary, names, tags and whether it is published are written by triggers of the database (migration
0003), so that no bulk statement and no crash leaves them behind; the text comes with its rendering, in the
same flush. What makes the words findable is each database's own: docs/decisions/0028.
"""

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, bindparam, event, text, update
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.database import Session
from broadsheet.lib.searching import between_spaces, plain_text, words_of
from broadsheet.models.base import Model
from broadsheet.models.post import Post
from broadsheet.models.versioned import TITLE_LENGTH

if TYPE_CHECKING:
    from sqlalchemy import Connection


OF_MARIADB = "UPDATE search_texts SET body = :words, search_words_body = :indexed WHERE post_id = :post"


class SearchText(Model):
    __tablename__ = "search_texts"

    # Grows with the date of publication: the newest are found without looking at all. Seconds since 1970,
    # times 2**24, and what the id adds.
    place: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), unique=True)
    shown: Mapped[bool]  # published and not in the trash; its time may still be to come, or be over
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), server_default="")
    summary: Mapped[str] = mapped_column(Text, server_default="")
    names: Mapped[str] = mapped_column(
        Text, server_default=""
    )  # of the authors, or the byline in their place
    tags: Mapped[str] = mapped_column(Text, server_default="")
    keys: Mapped[str] = mapped_column(Text, server_default="")  # of its tags: t1 t2
    body: Mapped[str] = mapped_column(Text, server_default="")

    PLACES_A_SECOND = 2**24


@event.listens_for(Session, "after_flush")
def _keep(session: Session, context: object) -> None:
    texts = [
        one for one in [*session.new, *session.dirty] if isinstance(one, Post) and one.is_freshly_rendered
    ]
    if texts:
        keep(session.connection(), texts)


def keep(connection: "Connection", posts: list[Post]) -> None:
    """Writes the words of texts that were just rendered."""
    write(connection, {post.id: plain_text(post.html) for post in posts})
    for post in posts:
        post.is_freshly_rendered = False


def write(connection: "Connection", words: dict[int, str]) -> None:
    """Those of texts, by the ids of their posts; the triggers have made the rows."""
    if connection.dialect.name == "mariadb":
        # Its index is of folded words, which a function of the database would take too long to make.
        rows = [
            {"post": id, "words": text_, "indexed": between_spaces(words_of(text_))}
            for id, text_ in words.items()
        ]
        connection.execute(text(OF_MARIADB), rows)
        return
    table = SearchText.__table__
    change = update(table).where(table.c.post_id == bindparam("post")).values(body=bindparam("words"))  # type: ignore[arg-type]  # a declarative class has a Table
    connection.execute(change, [{"post": id, "words": text} for id, text in words.items()])
