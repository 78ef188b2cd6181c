"""Settings: where they come from, what they may be, what Flask is told."""

import os
import stat
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from broadsheet import config
from broadsheet.config import Settings, SettingsError, load
from broadsheet.extensions import db
from broadsheet.models import Tag


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    instance = tmp_path / "instance"
    instance.mkdir()
    return instance


def read(instance: Path, **environ: str) -> Settings:
    return load({"BROADSHEET_INSTANCE": str(instance), **environ})


def test_without_any_there_are_defaults() -> None:
    settings = load({})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 0)
    assert settings.rate_limits


def test_environment_wins_over_file_wins_over_default(instance: Path) -> None:
    (instance / "broadsheet.toml").write_text("port = 9000\nthreads = 8\n", encoding="utf-8")
    settings = read(instance, BROADSHEET_PORT="9001")
    assert (settings.port, settings.threads, settings.workers) == (9001, 8, 0)


def test_file_speaks_toml(instance: Path) -> None:
    (instance / "broadsheet.toml").write_text(
        'rate_limits = false\ntrusted_hosts = ["example.org", ".example.com"]\n', encoding="utf-8"
    )
    settings = read(instance)
    assert settings.rate_limits is False
    assert settings.trusted_hosts == ("example.org", ".example.com")


def test_empty_variable_is_an_unset_one(instance: Path) -> None:
    assert read(instance, BROADSHEET_PORT="").port == 8000


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PORT", "eighty", 'BROADSHEET_PORT is "eighty", but must be a whole number from 1 to 65535.'),
        ("PORT", "65536", "from 1 to 65535"),
        ("PORT", "８０", "from 1 to 65535"),
        ("RATE_LIMITS", "maybe", "must be on or off"),
        ("LOG_FORMAT", "xml", "must be text or json"),
        ("SITE_URL", "example.org", "must look like https://www.example.org"),
        ("SITE_URL", "https://example.org/blog", "without a path"),
        ("SMTP_URL", "http://mail.example.org", "must look like smtp://"),
        ("SMTP_URL", "smtp://mail:port", "must look like smtp://"),
        ("REDIS_URL", "localhost:6379", "must look like redis://"),
        ("DATABASE_URL", "mysql://host/db", "must begin with sqlite:///, postgresql:// or mariadb://"),
        ("DATABASE_URL", "postgresql://host", "must name a database, as in postgresql://"),
        ("DATABASE_URL", "mariadb://host/", "must name a database, as in mariadb://"),
        ("MAIL_FROM", "nobody", "must be an address"),
        ("SECRET_KEY", "short", "must have at least 16 characters"),
        ("PORTT", "1", "BROADSHEET_PORTT is no setting; did you mean BROADSHEET_PORT?"),
        ("XYZZY", "1", "BROADSHEET_XYZZY is no setting; see docs/reference/settings.md."),
        ("BACKUP_AT", "25:00", "must be a time of the day such as 03:30"),
        ("BACKUP_AT", "3", "must be a time of the day such as 03:30"),
        ("BACKUP_KEEP", "0 daily", "must look like 7 daily, 4 weekly, 6 monthly"),
        ("BACKUP_KEEP", "7 daily, 7 daily", "must look like 7 daily, 4 weekly, 6 monthly"),
        ("BACKUP_RECIPIENTS", "bob", "must be public keys of age"),
    ],
)
def test_wrong_one_is_named(instance: Path, name: str, value: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(instance, **{f"BROADSHEET_{name}": value})
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"), [("SECRET_KEY", "hunter2"), ("DATABASE_URL", "mysql://ann:hunter2@host/db")]
)
def test_secrets_are_not_repeated(instance: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(instance, **{f"BROADSHEET_{name}": value})
    assert "hunter2" not in str(error.value)


def test_secrets_stand_in_no_repr(instance: Path) -> None:
    values = {
        "SECRET_KEY": "hunter2-hunter2-hunter2",
        "SECRET_KEY_FALLBACKS": "hunter2-hunter2-hunter2-former",
        "DATABASE_URL": "postgresql://ann:hunter2@host/db",
        "REDIS_URL": "redis://:hunter2@host:6379/0",
        "SMTP_URL": "smtp://ann:hunter2@host:587",
        "BACKUP_S3_SECRET": "hunter2",
    }
    settings = read(instance, **{f"BROADSHEET_{name}": value for name, value in values.items()})
    assert "hunter2" not in repr(settings)


def test_broken_file_is_named_with_its_line(instance: Path) -> None:
    (instance / "broadsheet.toml").write_text("port = 1\nhost =\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"broadsheet\.toml is not valid TOML.*line 2"):
        read(instance)


def test_what_only_the_environment_can_say_is_refused_in_the_file(instance: Path) -> None:
    (instance / "broadsheet.toml").write_text("no_setup = true\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="set BROADSHEET_NO_SETUP in the environment"):
        read(instance)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_spoken_through_psycopg(instance: Path, scheme: str) -> None:
    settings = read(instance, BROADSHEET_DATABASE_URL=f"{scheme}://ann@host/site")
    assert settings.database == "postgresql+psycopg://ann@host/site"
    assert settings.database_file is None


@pytest.mark.parametrize("scheme", ["mariadb", "mariadb+pymysql"])
def test_mariadb_is_spoken_through_pymysql(instance: Path, scheme: str) -> None:
    settings = read(instance, BROADSHEET_DATABASE_URL=f"{scheme}://ann@host/site")
    assert settings.database == "mariadb+pymysql://ann@host/site"
    assert settings.database_file is None


def test_database_is_a_file_in_the_instance_folder(instance: Path) -> None:
    assert read(instance).database_file == instance / "broadsheet.db"
    assert read(instance, BROADSHEET_DATABASE_URL="sqlite:////var/site.db").database_file == Path(
        "/var/site.db"
    )
    assert read(instance, BROADSHEET_DATABASE_URL="sqlite://").database_file is None


def test_every_setting_has_a_meaning() -> None:
    for name, each in config.TABLE.items():
        assert each.metadata["meaning"].endswith("."), name


def test_trace_of_a_database_error_holds_nothing_that_people_wrote(app: Flask) -> None:
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(db.insert(Tag), [{"name": "Sesame", "slug": "sesame"}] * 2)
    assert "Sesame" not in str(caught.value).partition("DETAIL")[0]


# -- what the first start makes


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_instance_and_key_are_private(tmp_path: Path) -> None:
    instance = tmp_path / "new" / "instance"
    read(instance).flask()
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
    assert stat.S_IMODE((instance / "secret_key").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_folder_in_which_only_settings_wait_becomes_private_too(instance: Path) -> None:
    instance.chmod(0o755)
    (instance / config.FILE).write_text("port = 8001\n", encoding="utf-8")
    read(instance).flask()
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_mode_of_a_folder_that_holds_a_site_is_its_owners(instance: Path) -> None:
    read(instance).flask()
    instance.chmod(0o750)
    read(instance).flask()
    assert stat.S_IMODE(instance.stat().st_mode) == 0o750


def test_key_is_made_once(instance: Path) -> None:
    first = read(instance).flask()["SECRET_KEY"]
    assert len(first) >= 32
    assert read(instance).flask()["SECRET_KEY"] == first


def test_starts_at_once_agree_on_a_key(instance: Path) -> None:
    found: list[str] = []
    threads = [Thread(target=lambda: found.append(config.secret_key(instance))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in instance.iterdir()] == ["secret_key"]


def test_empty_key_is_refused(instance: Path) -> None:
    (instance / "secret_key").touch()
    with pytest.raises(SettingsError, match="holds no usable key"):
        read(instance).flask()


@pytest.mark.parametrize(
    ("cores", "memory", "workers"),
    [(4, 8 * 2**30, 4), (4, 2**29, 1), (4, 2**30, 3), (64, None, 16), (1, 1, 1)],
)
def test_workers_are_chosen_by_the_machine(monkeypatch, cores, memory, workers):
    monkeypatch.setattr(config.machine, "cores", lambda: cores)
    monkeypatch.setattr(config.machine, "memory", lambda: memory)
    assert Settings().processes == workers
    assert Settings(workers=2).processes == 2


@pytest.mark.parametrize("workers", [1, 4, 8])
def test_three_parts_together_leave_a_database_server_connections(workers):
    settings = Settings(workers=workers, only="desk", database_url="postgresql+psycopg://ann@db.example/site")
    options = settings.flask()["SQLALCHEMY_ENGINE_OPTIONS"]
    assert 3 * workers * (options["pool_size"] + options["max_overflow"]) <= 90


@pytest.mark.parametrize("workers", [1, 6, 16, 64])
def test_workers_together_leave_a_database_server_connections(workers):
    settings = Settings(workers=workers, database_url="postgresql+psycopg://ann@db.example/site")
    options = settings.flask()["SQLALCHEMY_ENGINE_OPTIONS"]
    most = options["pool_size"] + options["max_overflow"]
    assert options["pool_size"] >= 1
    assert most * workers <= 90 or most == 3
