"""How Alembic reaches the site's database: through the application, whatever its settings say."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, inspect

from broadsheet.database import UTCDateTime
from broadsheet.extensions import db

# SQLite's tables of words, each with its shadows; PostgreSQL's generated columns and their indexes.
ONLY_SEARCHED = ("search_words", "search_title", "ix_search_texts_words", "ix_search_texts_title_words")


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Migrations must not import the models: they outlive them. A column type of ours becomes its base."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime()"
    return False


def include_object(item: object, name: str | None, kind: str, reflected: bool, _: object) -> bool:
    """What only one kind of database has for the search is no table of the models (migration 0003)."""
    return not (reflected and name is not None and name.startswith(ONLY_SEARCHED))


def put_triggers_back(connection: Connection) -> None:
    """A table that a migration made anew has lost those on it; a new column is to be watched, too."""
    dialect, are_lost = connection.dialect.name, connection.dialect.name != "postgresql"
    if are_lost and inspect(connection).has_table("search_texts"):
        for statement in context.script.get_revision("0003").module.triggers(dialect):
            _do(connection, statement)
    if dialect == "mariadb" and _has_words_of_search(connection):
        for statement in context.script.get_revision("0005").module.triggers():
            _do(connection, statement)
    if inspect(connection).has_table("edition"):
        for statement in context.script.get_revision("0006").module.triggers(connection):
            _do(connection, statement)
    if are_lost and inspect(connection).has_table("list_entries"):
        for statement in context.script.get_revision("0007").module.triggers(dialect):
            _do(connection, statement)
    connection.commit()


def _has_words_of_search(connection: Connection) -> bool:
    inspector = inspect(connection)
    if not inspector.has_table("search_texts"):
        return False
    return "search_words_head" in {column["name"] for column in inspector.get_columns("search_texts")}


def _do(connection: Connection, statement: str) -> None:
    """As it is: no sign of per cent in it stands for a parameter."""
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        include_object=include_object,
        **current_app.extensions[
            "migrate"
        ].configure_args,  # batch mode among them, see commands/migrating.py
    )
    with context.begin_transaction():
        context.run_migrations()
    put_triggers_back(connection)


if context.is_offline_mode():
    context.configure(
        url=db.engine.url.render_as_string(hide_password=False),
        target_metadata=db.metadata,
        literal_binds=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.detach()  # it is closed at the end, and nobody else gets it as it is now
            # Making a table anew would otherwise delete what refers to it (sqlite.org/lang_altertable.html).
            # Said to the driver: within a transaction, which a connection of ours begins, it has no effect.
            connection.connection.execute("PRAGMA foreign_keys = OFF")
            # And triggers of other tables that name it would stop it from getting its name.
            connection.connection.execute("PRAGMA legacy_alter_table = ON")
        elif connection.dialect.name == "mariadb":
            connection.detach()
            # An index that a foreign key needs could otherwise not go before it.
            connection.exec_driver_sql("SET SESSION foreign_key_checks = OFF")
        run(connection)
