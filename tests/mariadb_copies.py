"""Databases of MariaDB for the tests: how one is copied, which no server of it can, and emptied again."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from broadsheet.database import set_up_mariadb

# Made by triggers, and so put right when all else is.
MADE = ("list_entries", "list_counts", "search_texts", "edition")
TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
FUNCTIONS = "SELECT routine_name FROM information_schema.routines WHERE routine_schema = database()"
TRIGGERS = "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()"
COUNTERS = f"{TABLES.replace('table_name', 'table_name, auto_increment')} AND auto_increment IS NOT NULL"
# What a migration, or any other change of the schema, leaves different. No test leaves other triggers
# behind; to look at them takes a fifth of a second.
SCHEMA = """
    SELECT md5(group_concat(concat_ws(' ', table_name, column_name, column_type)
        ORDER BY table_name, ordinal_position))
    FROM information_schema.columns WHERE table_schema = database()
"""
OTHERS = "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"


def copy(template: str, name: str) -> None:
    """Makes a database of that name, with all that is in the template."""
    engine = sa.create_engine(template, poolclass=sa.NullPool)
    set_up_mariadb(engine)
    with engine.connect() as connection:
        ask = connection.exec_driver_sql
        source = connection.engine.url.database
        tables = ask(TABLES).scalars().all()
        made = [ask(f"SHOW CREATE TABLE `{table}`").one()[1] for table in tables]
        functions = ask(
            "SELECT routine_name FROM information_schema.routines WHERE routine_schema = database()"
        )
        made += [ask(f"SHOW CREATE FUNCTION `{one}`").one()[2] for one in functions.scalars().all()]
        triggers = ask(
            "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()"
        )
        last = [ask(f"SHOW CREATE TRIGGER `{one}`").one()[2] for one in triggers.scalars().all()]
        fills = [f"INSERT INTO `{table}` SELECT * FROM `{source}`.`{table}`" for table in tables]  # noqa: S608
        ask(f"CREATE DATABASE `{name}`")
        ask(f"USE `{name}`")
        ask("SET SESSION foreign_key_checks = OFF")
        for statement in (*made, *fills, *last):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        connection.commit()
        connection.detach()


@dataclass
class Template:
    """What every copy of a template begins with."""

    schema: Any
    rows: dict[str, list[tuple[Any, ...]]]
    counters: dict[str, int]

    @classmethod
    def read(cls, connection: sa.Connection) -> "Template":
        ask = connection.exec_driver_sql
        tables = ask(TABLES).scalars().all()
        return cls(
            schema=ask(SCHEMA).one(),
            rows={table: [tuple(row) for row in ask(f"SELECT * FROM `{table}`")] for table in tables},  # noqa: S608
            counters={row[0]: row[1] for row in ask(COUNTERS)},
        )

    def restore(self, connection: sa.Connection) -> bool:
        """Makes a copy what it was. Whether it is fit for use: one whose schema was changed, is not."""
        ask = connection.exec_driver_sql
        for id in ask(OTHERS).scalars().all():
            ask(f"KILL {id}")
        if ask(SCHEMA).one() != self.schema:
            return False
        ask("SET SESSION foreign_key_checks = OFF")
        ask("SET SESSION unique_checks = OFF")
        ordered = [*(table for table in self.rows if table not in MADE), *MADE]
        looks = (f"SELECT '{table}' FROM DUAL WHERE EXISTS (SELECT 1 FROM `{table}`)" for table in ordered)  # noqa: S608
        filled = set(ask(" UNION ALL ".join(looks)).scalars())
        for table in ordered:
            if table in filled:
                ask(f"DELETE FROM `{table}`")  # noqa: S608
        for table in ordered:
            if rows := self.rows[table]:
                if table in MADE:
                    ask(f"DELETE FROM `{table}`")  # noqa: S608
                places = ", ".join(["%s"] * len(rows[0]))
                ask(f"INSERT INTO `{table}` VALUES ({places})", rows)  # noqa: S608
        ask("COMMIT")
        for table, next_ in ask(COUNTERS).all():
            if next_ != self.counters.get(table):
                ask(f"ALTER TABLE `{table}` AUTO_INCREMENT = {self.counters[table]}")
        return True
