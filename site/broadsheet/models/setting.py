"""What the owner sets in the desk: title, look, navigation. One row a setting."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Self

from sqlalchemy import JSON, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet import signals
from broadsheet.models.base import Model, db
from broadsheet.models.event import happened
from broadsheet.models.fitting import fits
from broadsheet.models.role import SECOND_FACTOR_OF, Role

ADDRESSES_KEPT = 5

# Uploads that the whole site shows.
SITE_PICTURES = ("icon_id", "logo_id", "logo_dark_id")
# What makes up its look, which can be tried before it is saved.
LOOK = ("accent", "typeface", "header", "columns", *SITE_PICTURES)


class Setting(Model):
    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


@cache
def _stored() -> Select[tuple[str, Any]]:
    return select(Setting.name, Setting.value)


@cache
def _defaults() -> dict[str, Any]:
    """Of all that is stored, by name."""
    return {name: value for name, value in asdict(Site()).items() if name != "unfit"}


def _navigation() -> list[dict[str, str]]:
    return [
        {"label": "Home", "url": "/"},
        {"label": "Archive", "url": "/archive"},
        {"label": "About", "url": "/about"},
        {"label": "Contact", "url": "/contact"},
    ]


@dataclass
class Site:
    """The site as its owner describes it, with the defaults of a new one."""

    title: str = "Broadsheet"
    tagline: str = ""
    language: str = "en"  # BCP 47
    timezone: str = "UTC"  # IANA name; dates are shown in it
    theme: str = ""  # a folder of instance/themes; else the built-in look
    theme_since: float = 0  # when it was chosen: which reading of its files is meant
    plugins_since: float = 0  # when one of them was switched off or on last
    accent: str = "#9b2a20"  # sRGB; each scheme gets a shade of it with enough contrast
    typeface: str = "serif"  # or "sans"
    header: str = "centred"  # or "left", "compact"
    columns: int = 0  # of the home page, at most; 0: as many as fit
    icon_id: int | None = None
    logo_id: int | None = None
    logo_dark_id: int | None = None
    posts_per_page: int = 12
    second_factor_of: str = "nobody"  # or "admins", "editors" (and admins), "all": who must have one
    authors_publish: bool = True  # else an editor does, to whom authors send for review
    footer: str = ""  # Markdown
    footer_html: str = ""
    social_links: list[dict[str, str]] = field(default_factory=list)  # label, url
    navigation: list[dict[str, str]] = field(default_factory=_navigation)  # label, url
    robots: str = ""  # lines for robots.txt after our own
    security_contact: str = ""  # an e-mail address, or a whole one of the web
    security_expires: str = ""  # until when it is to be relied on: 2027-06-30
    # A UUID that the site keeps for life, whatever its address: what the ids in its feeds are made of.
    identity: str = ""
    # Where admins signed in lately, newest first, as `https://www.example.org`: known to be ours.
    addresses: list[str] = field(default_factory=list)
    # Names of those whose stored value cannot be used, so that the default stands for it. Not stored.
    unfit: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.title

    @classmethod
    def load(cls, *, held: bool = False) -> Self:
        """As stored, in one query, and held until the commit if it is to be changed; a row that this version
        does not know is left alone."""
        values, unfit, defaults = {}, [], _defaults()
        for name, value in db.session.execute(_stored().with_for_update() if held else _stored()):
            if name not in defaults:
                continue
            if fits(name, value, defaults):
                values[name] = value
            else:
                unfit.append(name)
        return cls(**values, unfit=sorted(unfit))

    @classmethod
    def lets_authors_publish(cls) -> bool:
        stored = db.session.scalar(select(Setting.value).where(Setting.name == "authors_publish"))
        return cls.authors_publish if stored is None else bool(stored)

    def demands_second_factor_of(self, role: Role) -> bool:
        least = SECOND_FACTOR_OF.get(self.second_factor_of)
        return least is not None and role.rank >= least.rank

    def would_demand_less(self, of: str) -> bool:
        """Whether somebody would be free of a second factor, if it were demanded `of` these.

        Not if nobody knows who these are: such a demand is not made."""
        if of not in SECOND_FACTOR_OF:
            return False
        from_few_to_many = list(SECOND_FACTOR_OF)
        return from_few_to_many.index(of) < from_few_to_many.index(self.second_factor_of)

    def remember_address(self, address: str) -> None:
        """An address that somebody trusted came by; a stranger can send any Host header."""
        known = [address, *(one for one in self.addresses if one != address)][:ADDRESSES_KEPT]
        if known != self.addresses:
            self.addresses = known
            db.session.merge(Setting(name="addresses", value=known))

    def forget_pages_of_plugins(self, now: datetime) -> None:
        """Those that are kept are of a site with other plugins. Settings are on every page: so is this."""
        self.plugins_since = now.timestamp()
        db.session.merge(Setting(name="plugins_since", value=self.plugins_since))

    def change(self, **changes: Any) -> None:
        """Stores those of the changes that differ."""
        before = asdict(self)
        changed = sorted(
            name for name, value in changes.items() if before[name] != value or name in self.unfit
        )
        for name in changed:
            setattr(self, name, changes[name])
            self.unfit = [one for one in self.unfit if one != name]
            db.session.merge(Setting(name=name, value=changes[name]))
        if changed:
            happened(signals.settings_changed, self, names=changed)
