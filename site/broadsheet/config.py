"""Every setting: its default, its meaning, where it comes from.

Environment variables with the prefix `BROADSHEET_` win over `instance/broadsheet.toml` (the same names in
lower case, without the prefix), which wins over the defaults. From this file `docs/reference/settings.md` is
generated.
"""

import difflib
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from broadsheet.lib import backups, machine
from broadsheet.lib.stored_json import json_or_none

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "BROADSHEET_"
FILE = "broadsheet.toml"
# What may lie in an instance folder in which there has not been a site yet.
BEFORE_A_SITE = ("README.md", FILE, "plugins", "themes")
REFERENCE = "docs/reference/settings.md"

MEGABYTE = 1_000_000
WORKER_MEMORY = 150 * MEGABYTE  # of one under load; docs/reference/performance.md has less
MOST_WORKERS = 16  # that are started unasked
SERVER_CONNECTIONS = 80  # to a database server, of the 100 that PostgreSQL allows; the rest is for commands
SHORTEST_KEY = 16
# Of database servers, by what an address may begin with.
DRIVERS = {
    **dict.fromkeys(("postgresql", "postgres", "postgresql+psycopg"), "postgresql+psycopg"),
    **dict.fromkeys(("mariadb", "mariadb+pymysql"), "mariadb+pymysql"),
}
PARTS = ("public", "desk", "api")  # what web/parts.py has of each
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
# A long read is 100 kB; Flask's own bound of 500 kB would refuse a book chapter pasted into the editor.
LARGEST_TEXT = 4 * MEGABYTE


class SettingsError(ValueError):
    """A setting is unknown or ill-formed. The message has one line for each."""


# -- what a value may be: each takes the text and returns the value, or raises ValueError("must be …")


def text(value: str) -> str:
    return value


def words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def switch(value: str) -> bool:
    if value.lower() in ("on", "true", "yes", "1"):
        return True
    if value.lower() in ("off", "false", "no", "0"):
        return False
    raise ValueError("must be on or off")


def number(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError("must be " + " or ".join(choices))
        return value.lower()

    return parse


def folder(value: str) -> Path:
    return ROOT / Path(value).expanduser()


def key(value: str) -> str:
    if len(value) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters")
    return value


def keys(value: str) -> tuple[str, ...]:
    return tuple(key(word) for word in words(value))


def email(value: str) -> str:
    # Only what would break a mail's header: the mail server knows the rest better.
    name, at, host = value.rpartition("@")
    if not (at and name and host) or any(character in value for character in "\r\n"):
        raise ValueError("must be an address such as news@example.org or The News <news@example.org>")
    return value


def database_url(value: str) -> str:
    if value.startswith("sqlite://"):
        return value
    beginnings = "must begin with sqlite:///, postgresql:// or mariadb://"
    url = _split(value, beginnings)
    if url.scheme not in DRIVERS:
        raise ValueError(beginnings)
    driver = DRIVERS[url.scheme]
    if not url.path.strip("/"):
        raise ValueError(f"must name a database, as in {driver.partition('+')[0]}://user@host/broadsheet")
    return driver + value[len(url.scheme) :]


def networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(word) for word in words(value))
    except ValueError:
        raise ValueError("must be addresses or networks such as 192.168.1.0/24, fd00::/8") from None


def time_of_day(value: str) -> time:
    try:
        found = time.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo or found.second or len(value) != len("03:30"):
        raise ValueError("must be a time of the day such as 03:30")
    return found


def keep(value: str) -> backups.Keep:
    example = "must look like 7 daily, 4 weekly, 6 monthly"
    found: dict[str, int] = {}
    for word in words(value):
        count, _, span = word.partition(" ")
        if span not in backups.Keep._fields or span in found or not count.isascii() or not count.isdigit():
            raise ValueError(example)
        found[span] = int(count)
    if not 0 < sum(found.values()) <= 10_000:
        raise ValueError(example)
    return backups.Keep(**dict.fromkeys(backups.Keep._fields, 0) | found)


def age_keys(value: str) -> tuple[str, ...]:
    found = words(value)
    if any(re.fullmatch(r"age1[a-z0-9]{20,}", key) is None for key in found):
        raise ValueError("must be public keys of age, as age1… is, separated by commas")
    return found


def s3_address(value: str) -> str:
    example = "must look like s3://bucket or s3://bucket/news"
    found = re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/\s]+)*", value.rstrip("/"))
    if found is None or any(part in (".", "..") for part in value.split("/")):
        raise ValueError(example)
    return value.rstrip("/")


def endpoint(value: str) -> str:
    example = "must look like https://s3.example.org, without a password"
    url = _split(value, example)
    if url.scheme not in ("http", "https") or not url.hostname or url.username or url.query or url.fragment:
        raise ValueError(example)
    return value.rstrip("/")


def smtp_url(value: str) -> str:
    example = "must look like smtp://user:password@mail.example.org:587 or smtps://…:465"
    url = _split(value, example)
    if url.scheme not in ("smtp", "smtps") or not url.hostname or url.path.strip("/"):
        raise ValueError(example)
    return value


def redis_url(value: str) -> str:
    example = "must look like redis://host:6379/0 or rediss://…"
    url = _split(value, example)
    if url.scheme not in ("redis", "rediss") or not url.hostname:
        raise ValueError(example)
    return value


def site_url(value: str) -> str:
    example = "must look like https://www.example.org, without a path"
    url = _split(value, example)
    if (
        url.scheme not in ("http", "https")
        or not url.hostname
        or url.username is not None
        or url.path.strip("/")
        or url.query
        or url.fragment
    ):
        raise ValueError(example)
    return value.rstrip("/")


def origins(value: str) -> tuple[str, ...]:
    found = words(value)
    for origin in found:
        if origin == "*":
            continue
        try:
            url = urlsplit(site_url(origin))
        except ValueError:
            url = urlsplit("")
        if f"{url.scheme}://{url.netloc}" != origin:
            raise ValueError("must be origins such as https://app.example.org, separated by commas, or *")
    return found


def ascii_host(host: str) -> str:
    """As browsers send it (RFC 5891)."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _split(value: str, complaint: str) -> SplitResult:
    try:
        url = urlsplit(value)
        url.port  # noqa: B018  # raises when it is no number
    except ValueError:
        raise ValueError(complaint) from None
    return url


# -- the settings


def setting(
    default: Any,
    parse: Callable[[str], Any],
    meaning: str,
    *,
    shown: str = "",
    only_environment: bool = False,
    is_secret: bool = False,
) -> Any:
    """A field of Settings. `shown` stands in the reference for a default that says too little by itself; what
    is secret stands in no `repr`."""
    details = {"parse": parse, "meaning": meaning, "shown": shown, "only_environment": only_environment}
    return field(default=default, metadata=details, repr=not is_secret)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What was set, checked. Without arguments: the defaults."""

    instance: Path = setting(
        ROOT / "instance",
        folder,
        "The folder of the database, uploads and secret key. A relative one is in the project's.",
        shown="`instance`",
        only_environment=True,
    )
    database_url: str = setting(
        "",
        database_url,
        "The database: `sqlite:///…`, `postgresql://user:password@host/name` or"
        " `mariadb://user:password@host/name`.",
        shown="`broadsheet.db` in the instance folder",
        is_secret=True,
    )
    secret_key: str = setting(
        "",
        key,
        "What signs cookies and links. Keep it secret; changing it signs everybody out.",
        shown="made at the first start and kept in `secret_key` in the instance folder",
        is_secret=True,
    )
    secret_key_fallbacks: tuple[str, ...] = setting(
        (),
        keys,
        "Earlier secret keys, separated by commas, that are still accepted while a key is being changed.",
        is_secret=True,
    )

    host: str = setting(
        "127.0.0.1", text, "The address on which `run` listens; `0.0.0.0` for all of the machine."
    )
    port: int = setting(8000, number(1, 65535), "The port on which `run` listens.")
    workers: int = setting(
        0,
        number(1, 64),
        "Server processes. More than processors gain nothing.",
        shown="one for each processor that may be used, as far as half of the memory goes; at most 16",
    )
    threads: int = setting(
        256,
        number(1, 1024),
        "Requests one process answers at a time. Started on demand; many, so that slow visitors stop nobody.",
    )
    only: str = setting(
        "",
        one_of(*PARTS),
        "The part of the site that `run` serves: `public`, `desk` or `api`. The others run beside it, behind "
        "the same address.",
        shown="all of the site",
    )
    work: bool = setting(
        True,
        switch,
        "Whether `run` starts a worker beside the web, for what is done in the background. `off` where "
        "`manage.py work` runs apart. Of parts that of the desk starts one.",
    )
    check_links: bool = setting(
        True,
        switch,
        "Whether the worker asks other sites: slowly, if the pages to which texts lead are still there, and"
        " for stills of the films that texts embed.",
    )
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = setting(
        (),
        networks,
        "Networks of your own to which webhooks may lead, separated by commas: `192.168.1.0/24`, "
        "`127.0.0.1`. Every admin of the site can then send to each machine and port there.",
        shown="none: only to addresses that anybody can reach",
    )
    site_url: str = setting(
        "",
        site_url,
        "The public address, for links in mails and on the terminal.",
        shown="the address of the request",
    )
    trusted_hosts: tuple[str, ...] = setting(
        (),
        words,
        "Host names under which the site answers, separated by commas; `.example.org` includes all below it.",
        shown="with `site_url` that of its address, those of this machine, and `host`; else any",
    )
    proxy_hops: int = setting(
        0,
        number(0, 9),
        "How many proxies of yours stand before the site. With 0 no forwarding header is believed.",
    )

    api_origins: tuple[str, ...] = setting(
        (),
        origins,
        "Sites whose scripts may use the API from a browser (CORS): `https://app.example.org`, separated by "
        "commas; `*` for every site. They need a token as all do; no cookie counts there.",
        shown="none",
    )

    plugins: bool = setting(
        True,
        switch,
        "Whether plugins are loaded. `--safe` of `run`, `work` and `doctor` does without them for once.",
    )

    press_size: int = setting(
        16,
        number(0, 100_000),
        "How much of finished pages each server process keeps in memory, in megabytes. With 0 each page is "
        "made anew for each visitor.",
    )
    cdn_max_age: int = setting(
        0,
        number(0, 31_536_000),
        "For how many seconds a CDN or another shared cache may hand on a page without asking again. A "
        "change is seen there so much later.",
    )

    rate_limits: bool = setting(
        True, switch, "Limits on sign-in, contact, submit, reset and the API. `off` only for load tests."
    )
    api_reads: int = setting(
        600, number(1, 1_000_000), "How often a minute a program may read by one token of the API."
    )
    api_writes: int = setting(
        120, number(1, 1_000_000), "How often a minute a program may change something by one token."
    )
    redis_url: str = setting(
        "",
        redis_url,
        "Redis or Valkey for the counters of the limits and to wake the worker: `redis://host:6379/0`, for a "
        "site on several hosts.",
        shown="none: they are kept in the instance folder, for all processes of the machine",
        is_secret=True,
    )
    max_upload_size: int = setting(
        20, number(1, 10_000), "The largest picture or document that is uploaded, in megabytes."
    )
    max_media_size: int = setting(
        500, number(1, 100_000), "The largest film or sound that is uploaded, in megabytes."
    )

    smtp_url: str = setting(
        "",
        smtp_url,
        "The mail server: `smtp://user:password@host:587` (by STARTTLS, or no password leaves the machine) "
        "or `smtps://…:465`.",
        shown="none: mail is written to `outbox/` in the instance folder",
        is_secret=True,
    )
    mail_from: str = setting("", email, "The sender of the site's mails.", shown="`noreply@` the site's host")

    backup_at: time | None = setting(
        None,
        time_of_day,
        "When the worker makes a backup each day, in the site's time zone: `03:30`.",
        shown="none are made by themselves",
    )
    backup_folder: Path | None = setting(
        None,
        folder,
        "Where backups go: best to another disk. A relative one is in the project's.",
        shown="`backups` in the instance folder",
    )
    backup_keep: backups.Keep = setting(
        backups.Keep(),
        keep,
        "Which of the backups in the folder stay: the newest of each of so many days, weeks and months.",
        shown="`7 daily, 4 weekly, 6 monthly`",
    )
    backup_recipients: tuple[str, ...] = setting(
        (),
        age_keys,
        "Public keys of age, separated by commas, for which backups in the folder are encrypted.",
    )
    backup_passphrase_file: Path | None = setting(
        None,
        folder,
        "A file whose first line is a passphrase, with which they are encrypted instead. Keys are safer: "
        "whoever reads this file opens them all.",
        shown="none",
    )

    backup_s3: str = setting(
        "",
        s3_address,
        "Where backups are sent as well: `s3://bucket/news`, in any storage that speaks S3. Nothing else "
        "lies there.",
        shown="they are sent nowhere",
    )
    backup_s3_endpoint: str = setting(
        "",
        endpoint,
        "The address of that storage, where it is not Amazon's: `https://s3.example.org`.",
        shown="Amazon's, or the variable `AWS_ENDPOINT_URL`",
    )
    backup_s3_region: str = setting(
        "",
        text,
        "Its region.",
        shown="the variable `AWS_REGION`; with an endpoint `us-east-1`, which most take",
    )
    backup_s3_key: str = setting(
        "",
        text,
        "The public half of the access key.",
        shown="the variable `AWS_ACCESS_KEY_ID`, or what the machine has of Amazon's",
    )
    backup_s3_secret: str = setting(
        "",
        text,
        "Its secret half. No page, log or report shows it.",
        shown="the variable `AWS_SECRET_ACCESS_KEY`, or what the machine has of Amazon's",
        is_secret=True,
    )

    log_format: str = setting(
        "text", one_of("text", "json"), "How a line of the log looks: `text` or `json`."
    )
    log_level: str = setting(
        "warning",
        one_of("debug", "info", "warning", "error"),
        "What is logged; with `info` also a line for each request.",
    )

    metrics_token: str = setting(
        "",
        key,
        "What Prometheus sends as its bearer token to read `/metrics`. Keep it secret.",
        shown="none: there is no such address",
    )

    no_setup: bool = setting(
        False,
        switch,
        "`manage.py` makes no environment of its own (containers, packages).",
        only_environment=True,
    )
    debug: bool = setting(
        False, switch, "Commands show the trace of an unexpected error.", only_environment=True
    )
    require_all_tests: bool = setting(
        False,
        switch,
        "A test that the machine lacks something for fails instead of being left out.",
        only_environment=True,
    )
    chromium: str = setting(
        "",
        text,
        "The browser that tests drive.",
        shown="the first found of `chromium` and `google-chrome`",
        only_environment=True,
    )

    commonmark_spec: str = setting(
        "",
        text,
        "The folder of the npm package `commonmark-spec`, for tests.",
        only_environment=True,
        shown="`node_modules/commonmark-spec`",
    )

    @property
    def works_beside(self) -> bool:
        """Whether the server starts a worker. Of the parts the desk's does: one is enough."""
        return self.work and self.only in ("", "desk")

    @property
    def processes(self) -> int:
        """How many server processes there are: as was set, or as suits this machine."""
        if self.workers:
            return self.workers
        memory = machine.memory()
        room = MOST_WORKERS if memory is None else memory // 2 // WORKER_MEMORY
        return max(1, min(machine.cores(), room, MOST_WORKERS))

    @property
    def database(self) -> str:
        """The database's address as SQLAlchemy takes it."""
        return self.database_url or f"sqlite:///{self.instance / 'broadsheet.db'}"

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for another one, or one in memory."""
        if not self.database.startswith("sqlite:///"):
            return None
        name = unquote(self.database.removeprefix("sqlite:///").partition("?")[0])
        return self.instance / name if name and name != ":memory:" else None

    @property
    def backups(self) -> Path:
        """The folder of backups."""
        return self.backup_folder or self.instance / backups.FOLDER

    def answers_to(self, hostname: str) -> bool:
        """Whether the site answers under this name, where `trusted_hosts` has none: under that of its public
        address, and under those by which a check or a proxy of this machine asks."""
        public = urlsplit(self.site_url).hostname
        return public is None or hostname in (ascii_host(public), *THIS_MACHINE, self.host.lower())

    def flask(self) -> dict[str, Any]:
        """The same for Flask and its extensions. Makes the instance folder and the secret key if need be."""
        make_private(self.instance)
        return {
            "SECRET_KEY": self.secret_key or secret_key(self.instance),
            "SECRET_KEY_FALLBACKS": list(self.secret_key_fallbacks),
            "SQLALCHEMY_DATABASE_URI": self.database,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "PREFERRED_URL_SCHEME": "https" if self.site_url.startswith("https:") else "http",
            "MAX_CONTENT_LENGTH": LARGEST_TEXT,  # web/receiving.py takes more where files are sent
            "MAX_FORM_MEMORY_SIZE": LARGEST_TEXT,
            "SESSION_COOKIE_NAME": "broadsheet",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_REFRESH_EACH_REQUEST": False,
            # Nothing asks Flask-Login to remember; should a plugin do, its cookie is a careful one.
            "REMEMBER_COOKIE_SECURE": True,
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,  # a text may be written for days before it is sent
            "WTF_CSRF_SSL_STRICT": True,
            "RATELIMIT_ENABLED": self.rate_limits,
        }

    def _engine_options(self) -> dict[str, Any]:
        # The trace of an error goes into the log: without what people wrote or their passwords' hashes.
        options: dict[str, Any] = {"hide_parameters": True}
        if self.database.startswith("sqlite"):  # where nobody else looks at what is stored
            options["json_deserializer"] = json_or_none
        if self.database_file:
            # Opened on demand; a thread that found none free would wait, and time out. Those beyond the usual
            # are closed again, and of the usual the same few are used: each keeps some pages of the file.
            few = min(self.threads, 16)
            return options | {"pool_size": few, "max_overflow": self.threads, "pool_use_lifo": True}
        if self.database.startswith("sqlite"):
            return options
        # A server closes idle connections, and has a bound (100 by default) that all workers share.
        own = SERVER_CONNECTIONS // (len(PARTS) if self.only else 1)
        most = max(3, min(15, own // self.processes))
        if self.database.startswith("mariadb"):
            # What SQLAlchemy knows of MariaDB takes a join by a subquery for none.
            options |= {"enable_from_linting": False}
        return options | {"pool_pre_ping": True, "pool_size": most // 3, "max_overflow": most - most // 3}


TABLE: dict[str, Field[Any]] = {each.name: each for each in fields(Settings)}


def default_of(each: Field[Any]) -> Any:
    return None if each.default is MISSING else each.default


# -- reading them


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment (this process's, if none is given) and of the instance folder it names.

    Raises SettingsError with a line for each one that is unknown or ill-formed.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    values = _from_environment(environ, problems)
    instance = values.get("instance", default_of(TABLE["instance"]))
    values = _from_file(instance / FILE, problems) | values
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def _from_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, value in sorted(environ.items()):
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in TABLE or variable != variable.upper():
            problems.append(_unknown(variable, name, list(TABLE), lambda name: PREFIX + name.upper()))
        elif value.strip():  # an empty variable is an unset one, as in compose files
            _take(values, name, variable, value.strip(), problems)
    return values


def _from_file(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{_shown(path)} cannot be read: {getattr(error, 'strerror', None) or error}.")
        return {}
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{_shown(path)} is not valid TOML: {error}.")
        return {}
    values: dict[str, Any] = {}
    known = [name for name, each in TABLE.items() if not each.metadata["only_environment"]]
    for name, value in table.items():
        place = f"{name} in {_shown(path)}"
        if name in known:
            _take(values, name, place, _as_text(value), problems)
        elif name in TABLE:
            problems.append(f"{place} has no effect there: set {PREFIX}{name.upper()} in the environment.")
        else:
            problems.append(_unknown(place, name, known))
    return values


def _take(values: dict[str, Any], name: str, place: str, value: str, problems: list[str]) -> None:
    try:
        values[name] = TABLE[name].metadata["parse"](value)
    except ValueError as error:
        # A key or an address with a password in it does not belong in a log.
        secret = "key" in name or "://" in value
        problems.append(f"{place} {error}." if secret else f'{place} is "{value}", but {error}.')


def _unknown(place: str, name: str, known: list[str], spelt: Callable[[str], str] = str) -> str:
    nearest = difflib.get_close_matches(name, known, 1, 0.6)
    return f"{place} is no setting" + (
        f"; did you mean {spelt(nearest[0])}?" if nearest else f"; see {REFERENCE}."
    )


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return str(value)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


# -- what the first start makes


def make_private(instance: Path) -> None:
    """Makes the instance folder, readable by its owner alone.

    One that already holds a site keeps the mode its owner gave it (a backup group, say).
    """
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = all(entry.name in BEFORE_A_SITE for entry in instance.iterdir())
    if fresh and stat.S_IMODE(instance.stat().st_mode) != 0o700:
        instance.chmod(0o700)


def secret_key(instance: Path) -> str:
    """The key kept in the instance folder, made when there is none. Two starts at once agree on one."""
    path = instance / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_hex(32))
    found = path.read_text(encoding="ascii", errors="replace").strip()
    if len(found) < SHORTEST_KEY:
        raise SettingsError(
            f"{_shown(path)} holds no usable key; delete it to get a new one (signs everybody out)."
        )
    return found


def _write_once(path: Path, content: str) -> None:
    """Writes a file of mode 0600 that is either absent or whole; leaves one that is there by then."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename it never replaces
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        if not path.exists():
            os.rename(draft, path)
    finally:
        draft.unlink(missing_ok=True)
