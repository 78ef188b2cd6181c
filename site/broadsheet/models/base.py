"""What every table shares."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.database import Base, UTCDateTime
from broadsheet.extensions import db
from broadsheet.lib import clock

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

__all__ = ["Created", "Identified", "Model", "UTCDateTime", "db"]


class Identified:
    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)


class Created:
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, sort_order=90)
