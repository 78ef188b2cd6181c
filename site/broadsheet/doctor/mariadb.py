"""A database of MariaDB, and what the site needs of a server that is set up otherwise than by default."""

from sqlalchemy import inspect, text

from broadsheet.database import has_triggers
from broadsheet.doctor.finding import megabytes
from broadsheet.extensions import db

SMALLEST_PACKET = 16 * 2**20
SHORTEST_WORD = 3


def problems_of_mariadb() -> list[str]:
    """Source: mariadb.com/kb/en/check-table."""
    connection = db.session.connection()
    names = ", ".join(f'"{name}"' for name in inspect(connection).get_table_names())
    found = connection.execute(text(f"CHECK TABLE {names} QUICK")).all()
    problems = [f"{row[0]}: {row[3]}" for row in found if row[3] != "OK"]
    if not has_triggers(connection):
        problems.append("its triggers are missing")
    asked = text("SELECT @@max_allowed_packet, @@innodb_ft_min_token_size")
    packet, shortest = connection.execute(asked).one()
    if packet < SMALLEST_PACKET:
        problems.append(f"max_allowed_packet is {megabytes(packet)}, and long texts need 16 MB")
    if shortest > SHORTEST_WORD:
        problems.append(f"innodb_ft_min_token_size is {shortest}, and short words need 3")
    return problems
