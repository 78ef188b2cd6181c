"""manage.py sets itself up. Its functions are tried one by one; the last test makes a real .venv."""

import ast
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import ROOT

FILES = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-postgresql.txt",
    "requirements-redis.txt",
    "requirements-s3.txt",
    "requirements-mariadb.txt",
)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with manage.py and a requirement file, and nothing else."""
    house = tmp_path / "house"
    house.mkdir()
    shutil.copy(ROOT / "manage.py", house)
    (house / "requirements.txt").write_text("one==1\ntwo==2 ; sys_platform == 'win32'\n", encoding="utf-8")
    return house


@pytest.fixture
def manage_py(house: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """manage.py of that house, as a module."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec = importlib.util.spec_from_file_location("manage_of_a_house", house / "manage.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made(manage_py: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made and installed; nothing is, really."""
    made: list[str] = []

    def make_venv() -> None:
        made.append(".venv")
        shutil.rmtree(manage_py.VENV, ignore_errors=True)
        Path(manage_py.PYTHON).parent.mkdir(parents=True)
        Path(manage_py.PYTHON).touch()
        manage_py.write_stamp(manage_py.stamp_of("place"), manage_py.digest())

    monkeypatch.setattr(manage_py, "make_venv", make_venv)
    monkeypatch.setattr(manage_py, "install", made.append)
    return made


def start(
    house: Path, *arguments: str, python: str = sys.executable, **environ: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
    command = [python, str(house / "manage.py"), *arguments]
    return subprocess.run(
        command, env=kept | environ, capture_output=True, text=True, timeout=300, check=False
    )


# -- the Python that starts it


def test_old_pythons_can_read_it() -> None:
    """No syntax newer than Python 2.7 and 3.0 share, but for what both parse."""
    tree = ast.parse((ROOT / "manage.py").read_text(encoding="ascii"))
    newer = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.AsyncFunctionDef,
        ast.Nonlocal,
        ast.Starred,
        ast.Match,
    )
    for node in ast.walk(tree):
        assert not isinstance(node, newer), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert not arguments.kwonlyargs
            assert not arguments.posonlyargs
            assert not node.returns
        if isinstance(node, ast.Raise):
            assert node.cause is None


@pytest.mark.parametrize("name", ["python2.7", "python3.6", "python3.8", "python3.10"])
def test_old_python_is_told_in_one_line(house: Path, name: str) -> None:
    python = shutil.which(name)
    if python is None or subprocess.run([python, "-V"], capture_output=True, check=False).returncode:
        pytest.skip(f"{name} is not here; the syntax is checked by the test above")
    outcome = start(house, "run", python=python)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Broadsheet needs Python 3.11 or newer; this is Python ")
    assert outcome.stderr.count("\n") == 1


def test_python_without_venv_is_told_the_one_apt_line(
    manage_py: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(manage_py, "which", lambda name: None)
    with pytest.raises(manage_py.SetupError, match="apt install python3-venv"):
        manage_py.make_venv()


def test_uv_steps_in_for_a_missing_venv(manage_py: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(manage_py, "which", lambda name: "/usr/bin/uv" if name == "uv" else None)
    monkeypatch.setattr(manage_py, "run", lambda command: (tried.append(command), (1, "error: no"))[1])
    with pytest.raises(manage_py.SetupError, match=r"Cannot make \.venv: error: no\."):
        manage_py.make_venv()
    assert tried[0][:2] == ["/usr/bin/uv", "venv"]


# -- once, and again when something changed


def test_first_start_makes_and_says_so(
    manage_py: ModuleType, made: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    manage_py.set_up(["requirements.txt"])
    assert made == [".venv", "requirements.txt"]
    assert (
        capsys.readouterr().err.splitlines()[-1]
        == "Preparing Broadsheet: installing 1 packages into .venv ..."
    )


def test_second_start_is_silent(
    manage_py: ModuleType, made: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    manage_py.set_up(["requirements.txt"])
    capsys.readouterr()
    manage_py.set_up(["requirements.txt"])
    assert made == [".venv", "requirements.txt"]
    assert capsys.readouterr().err == ""


def test_changed_pins_are_installed_into_the_same_environment(
    manage_py: ModuleType, made: list[str], house: Path
) -> None:
    manage_py.set_up(["requirements.txt"])
    (house / "requirements.txt").write_text("one==2\n", encoding="utf-8")
    manage_py.set_up(["requirements.txt"])
    assert made == [".venv", "requirements.txt", "requirements.txt"]


def test_moved_folder_is_made_anew(
    manage_py: ModuleType, made: list[str], house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manage_py.set_up(["requirements.txt"])
    moved = house.rename(house.with_name("moved"))
    for name in ("ROOT", "VENV", "PYTHON", "LOCK"):
        monkeypatch.setattr(manage_py, name, getattr(manage_py, name).replace(str(house), str(moved)))
    manage_py.set_up(["requirements.txt"])
    assert made == [".venv", "requirements.txt"] * 2


def test_interrupted_installation_is_done_again(
    manage_py: ModuleType, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(manage_py, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            manage_py.set_up(["requirements.txt"])
    manage_py.set_up(["requirements.txt"])
    assert made == [".venv", "requirements.txt"]


def test_second_of_two_starts_waits_and_finds_it_done(
    manage_py: ModuleType, made: list[str], house: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import manage\n"
        "with manage.locked():\n"
        "    print('held', flush=True); sys.stdin.readline()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(house)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    lock = manage_py.locked()
    lock.file = open(manage_py.LOCK, "a+b")  # noqa: SIM115  # closed by the lock
    assert lock.take(wait=False) is False
    lock.file.close()
    other.communicate("\n")
    manage_py.set_up(["requirements.txt"])
    assert made == [".venv", "requirements.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_read_only_folder_is_named(house: Path) -> None:
    house.chmod(0o500)
    outcome = start(house, "run")
    house.chmod(0o700)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"Cannot write to {house}")


# -- what is asked for


@pytest.mark.parametrize(
    ("arguments", "environ", "files"),
    [
        (["run"], {}, [0]),
        (["test"], {}, [0, 1]),
        (["--debug", "test", "-k", "x"], {}, [0, 1]),
        (["user", "test"], {}, [0]),
        (["run"], {"BROADSHEET_DATABASE_URL": "postgresql://u@h/d"}, [0, 2]),
        (["run"], {"BROADSHEET_REDIS_URL": "redis://h"}, [0, 3]),
        (["run"], {"BROADSHEET_BACKUP_S3": "s3://bucket/news"}, [0, 4]),
        (["verify", "s3://bucket/news.zip"], {}, [0, 4]),
        (["verify", "s3://bucket/news.zip"], {"BROADSHEET_BACKUP_S3": "s3://bucket/news"}, [0, 4]),
        (["run"], {"BROADSHEET_DATABASE_URL": "mariadb://u@h/d"}, [0, 5]),
        (["run"], {"BROADSHEET_DATABASE_URL": "sqlite:///x.db"}, [0]),
    ],
)
def test_requirements_follow_from_command_and_settings(
    manage_py: ModuleType, arguments: list[str], environ: dict[str, str], files: list[int]
) -> None:
    assert sorted(manage_py.wanted(arguments, environ)) == sorted(FILES[number] for number in files)


def test_settings_file_can_ask_for_postgresql(manage_py: ModuleType, house: Path) -> None:
    (house / "instance").mkdir()
    (house / "instance" / "broadsheet.toml").write_text(
        'database_url = "postgresql://u@h/d"', encoding="utf-8"
    )
    assert manage_py.wanted(["run"], {}) == ["requirements.txt", "requirements-postgresql.txt"]


def test_every_requirement_file_is_pinned_hashed_and_free_of_addresses() -> None:
    for name in FILES:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in pin and pin.endswith("\\") for pin in pins), name
        assert "://" not in "\n".join(lines), name


# -- what can go wrong


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "its hash differs"),
        ("error: Hash mismatch for `one==1`", "its hash differs"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError'\nERROR: No matching",
            "cannot be reached",
        ),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: Could not install packages due to an OSError: Permission denied", "Cannot write to"),
        ("ERROR: No matching distribution found for one==1", "No matching distribution found for one==1."),
    ],
)
def test_installer_trouble_is_one_sentence(manage_py: ModuleType, said: str, meaning: str) -> None:
    assert meaning in manage_py.trouble(said)
    assert "\n" not in manage_py.trouble(said)


def test_without_set_up_a_missing_package_is_named(house: Path) -> None:
    package = house / "site" / "broadsheet"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import no_such_package\n", encoding="utf-8")
    outcome = start(house, "run", BROADSHEET_NO_SETUP="1")
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("no_such_package is missing in ")
    assert "pip install -r requirements.txt" in outcome.stderr


def test_real_environment_from_a_wheelhouse(house: Path) -> None:
    """All the way with the real venv and pip, offline: makes, installs by hash, re-enters, refuses a fake."""
    if importlib.util.find_spec("ensurepip") is None:
        pytest.skip("no venv module; to get it: apt install python3-venv")
    wheel = a_wheel(house / "wheelhouse")
    pin_to(house, wheel)
    package = house / "site" / "broadsheet" / "commands"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").write_text(
        "import sys, tiny\ndef main():\n    print(tiny.SAYS, sys.prefix, *sys.argv[1:])\n    sys.exit(7)\n",
        encoding="utf-8",
    )
    base = getattr(sys, "_base_executable", sys.executable)

    first = start(house, "hello", "two words", python=base)
    assert first.stderr.splitlines() == [
        "Preparing Broadsheet: making .venv ...",
        "Preparing Broadsheet: installing 1 packages into .venv ...",
    ]
    assert first.stdout == f"hello from wheel 1 {house / '.venv'} hello two words\n"
    assert first.returncode == 7

    second = start(house, "hello", python=base)
    assert (second.stderr, second.returncode) == ("", 7)

    fake = a_wheel(house / "wheelhouse", version=2)
    pin_to(house, fake)
    fake.write_bytes(wheel.read_bytes())
    third = start(house, "hello", python=base)
    assert third.returncode == 1
    assert "its hash differs" in third.stderr.splitlines()[-1]


def a_wheel(folder: Path, version: int = 1) -> Path:
    """The smallest package that pip takes (PEP 427)."""
    folder.mkdir(exist_ok=True)
    wheel = folder / f"tiny-{version}-py3-none-any.whl"
    about = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", f"SAYS = 'hello from wheel {version}'\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return wheel


def pin_to(house: Path, wheel: Path) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    version = wheel.name.split("-")[1]
    (house / "requirements.txt").write_text(
        f"tiny=={version} \\\n    --hash=sha256:{digest}\n", encoding="utf-8"
    )
