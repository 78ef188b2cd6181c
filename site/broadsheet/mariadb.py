"""MariaDB set up so that it keeps and compares what SQLite and PostgreSQL do. Loaded by a site that has it.

Sources, all below mariadb.com/kb/en: server-system-variables, innodb-lock-modes,
supported-character-sets-and-collations.
"""

from typing import Any

from sqlalchemy import DateTime, Engine, FunctionFilter, ScalarSelect, Text, case, event
from sqlalchemy.dialects.mysql.base import MySQLCompiler
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

# Compared by the bytes, capitals and spaces at the end included.
CHARSET, COLLATION = "utf8mb4", "utf8mb4_nopad_bin"
BEGINNING = (
    f"SET NAMES {CHARSET} COLLATE {COLLATION}",
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION,ANSI_QUOTES'",
    "SET SESSION time_zone = '+00:00'",
    # Each statement sees what is committed, as on PostgreSQL.
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION innodb_lock_wait_timeout = 10",
    "SET SESSION group_concat_max_len = 1048576",
)
TURN = "SELECT number FROM edition WHERE id = 1 FOR UPDATE"
NO_SUCH_TABLE = 1146


@compiles(DateTime, "mariadb")
def _with_microseconds(type_: DateTime, compiler: Any, **options: Any) -> str:
    return "DATETIME(6)"


@compiles(Text, "mariadb")
def _of_any_length(type_: Text, compiler: Any, **options: Any) -> str:
    return "LONGTEXT"  # TEXT ends at 64 KB


@compiles(CreateTable, "mariadb")
def _compared_by_bytes(create: CreateTable, compiler: Any, **options: Any) -> str:
    made = compiler.visit_create_table(create, **options)
    return f"{made.rstrip()} ENGINE=InnoDB DEFAULT CHARSET={CHARSET} COLLATE={COLLATION}"


class Compiler(MySQLCompiler):
    """What MariaDB 10 lacks, in words that it has."""

    def visit_in_op_binary(self, binary: Any, operator: Any, **options: Any) -> str:
        within = binary.right.element if isinstance(binary.right, ScalarSelect) else None
        if getattr(within, "_limit_clause", None) is None:
            return str(self._generate_generic_binary(binary, " IN ", **options))
        left, found = (self.process(side, **options) for side in (binary.left, binary.right))
        return f"{left} IN (SELECT * FROM {found} AS found)"  # noqa: S608  both are compiled

    def visit_funcfilter(self, funcfilter: FunctionFilter[Any], **options: Any) -> str:
        aggregate: Any = funcfilter.func
        criterion: Any = funcfilter.criterion
        (counted,) = aggregate.clauses
        return str(self.process(type(aggregate)(case((criterion, counted))), **options))


def set_up(engine: Engine) -> None:
    """Sessions alike whatever the server's configuration says."""
    engine.dialect.statement_compiler = Compiler

    @event.listens_for(engine, "connect", insert=True)  # before SQLAlchemy asks how the session is
    def connect(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            for statement in BEGINNING:
                cursor.execute(statement)


def take_turns(engine: Engine) -> None:
    """Writers wait for one another from their first change on, as on SQLite.

    The edition is raised by the change itself and not by its commit, as on PostgreSQL: its row is locked from
    then on. Who had locked something else before could wait for whom it keeps waiting.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def before(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if connection.info.get("has_turn") or not _writes(statement):
            return
        connection.info["has_turn"] = True
        try:
            cursor.execute(TURN)
            cursor.fetchall()
        except engine.dialect.loaded_dbapi.ProgrammingError as error:
            if error.args[0] != NO_SUCH_TABLE:  # before the migration that makes it
                raise

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def ended(connection: Any) -> None:
        if not connection.invalidated:  # one that was lost has lost its turn, and can tell nothing
            connection.info.pop("has_turn", None)


def _writes(statement: str) -> bool:
    return statement.startswith(("INSERT", "UPDATE", "DELETE")) or " FOR UPDATE" in statement
