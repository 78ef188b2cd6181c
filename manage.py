#!/usr/bin/env python3
"""Sets itself up in .venv, then hands over to the commands in site/broadsheet/commands/.

Only the standard library until the hand-over, and only syntax that old Pythons parse too, because they must
be told that they are too old. That is why nothing here has annotations or f-strings.
"""
import os
import sys

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
SITE = os.path.join(ROOT, "site")
VENV = os.path.join(ROOT, ".venv")
LOCK = os.path.join(ROOT, ".venv-lock")
WHEELHOUSE = os.path.join(ROOT, "wheelhouse")
WINDOWS = os.name == "nt"
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if WINDOWS else os.path.join(VENV, "bin", "python")


class SetupError(Exception):
    """What stands in the way, in one line."""


# -- what a start goes through


def main():
    if sys.version_info < NEEDED:
        return complain(
            "Broadsheet needs Python %d.%d or newer; this is Python %d.%d (%s)."
            % (NEEDED + tuple(sys.version_info[:2]) + (sys.executable,))
        )
    try:
        if not is_on(os.environ.get("BROADSHEET_NO_SETUP", "")):
            set_up(wanted(sys.argv[1:], os.environ))
            if not is_inside():
                return enter(PYTHON)
        return hand_over()
    except SetupError as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        return complain("%s: %s" % (error.strerror or error, error.filename or ROOT))


def is_on(switch):
    return switch.lower() in ("1", "on", "true", "yes")


def is_inside():
    # Executables say nothing: the one in .venv is a link to the system's.
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def wanted(arguments, environ):
    """The requirement files that these arguments and settings ask for."""
    files = ["requirements.txt"]
    settings = settings_text(environ)
    for word, name in (
        ("postgres", "requirements-postgresql.txt"),
        ("mariadb", "requirements-mariadb.txt"),
        ("redis", "requirements-redis.txt"),
        ("s3://", "requirements-s3.txt"),
    ):
        if word in settings:
            files.append(name)
    # An archive may be asked for by its address, whatever the settings say.
    if "requirements-s3.txt" not in files and any("s3://" in each for each in arguments):
        files.append("requirements-s3.txt")
    if [each for each in arguments if not each.startswith("-")][:1] == ["test"]:
        files.append("requirements-dev.txt")
    return files


def settings_text(environ):
    """Everything that may name a database or a store. The settings proper are read later, by config.py."""
    names = ("database_url", "redis_url", "backup_s3")
    found = [environ.get("BROADSHEET_" + name.upper(), "") for name in names]
    instance = os.path.join(ROOT, os.path.expanduser(environ.get("BROADSHEET_INSTANCE") or "instance"))
    try:
        with open(os.path.join(instance, "broadsheet.toml"), "rb") as file:
            lines = file.read().decode("utf-8", "replace").splitlines()
    except (IOError, OSError):
        lines = []
    return " ".join(found + [line for line in lines if line.lstrip().startswith(names)])


def enter(python):
    """Starts again, with another Python."""
    environ = dict(os.environ)
    environ.pop("__PYVENV_LAUNCHER__", None)  # macOS: else the new Python takes itself for the old one
    environ.pop("PYTHONHOME", None)
    command = [python, os.path.join(ROOT, "manage.py")] + sys.argv[1:]
    if not WINDOWS:
        os.execve(python, command, environ)
    import subprocess

    child = subprocess.Popen(command, env=environ)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child gets it too, and knows what to do


def hand_over():
    make_importable()
    try:
        from broadsheet.commands import main as commands
    except ImportError as error:
        name = (getattr(error, "name", "") or "").split(".")[0]
        if name in ("", "broadsheet"):
            raise  # a mistake in our own code, which its developer wants to see
        if is_on(os.environ.get("BROADSHEET_NO_SETUP", "")):
            cure = "BROADSHEET_NO_SETUP is set, so install it yourself: pip install -r requirements.txt"
        else:
            cure = "delete .venv and try again."
        raise SetupError("%s is missing in %s; %s" % (name, sys.prefix, cure))
    return commands()


def make_importable():
    if SITE not in sys.path:
        sys.path.insert(0, SITE)


def complain(message):
    sys.stderr.write(message + "\n")
    return 1


# -- the environment


def set_up(files):
    """Makes .venv and installs the requirement files. Silent when that was done before."""
    if not missing(files):
        return
    with locked():
        for name in missing(files):  # a second look: another start may have done it meanwhile
            if not has_place():
                if is_inside():
                    enter(base_python())  # .venv was moved; only a Python outside can make it anew
                tell("Preparing Broadsheet: making .venv ...")
                make_venv()
            tell("Preparing Broadsheet: installing %d packages into .venv ..." % count(name))
            install(name)
            write_stamp(stamp_of(name), digest(name))


def missing(files):
    """Those of the files that are not installed in their present state."""
    if not has_place():
        return files
    return [name for name in files if read_stamp(stamp_of(name)) != digest(name)]


def has_place():
    return os.path.exists(PYTHON) and read_stamp(stamp_of("place")) == digest()


def digest(name=None):
    """What an installation depends on: the pins, the Python, the platform, and where .venv lies."""
    import hashlib

    implementation = sys.implementation
    platform = getattr(implementation, "_multiarch", "") or sys.platform + str(sys.maxsize)
    parts = [implementation.cache_tag, platform, os.path.realpath(VENV)]
    found = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape"))
    if name:
        try:
            with open(os.path.join(ROOT, name), "rb") as file:
                found.update(file.read())
        except (IOError, OSError) as error:
            raise SetupError("%s cannot be read: %s." % (name, error.strerror))
    return found.hexdigest()


def stamp_of(name):
    return os.path.join(VENV, name + ".stamp")


def read_stamp(path):
    try:
        with open(path) as file:
            return file.read().strip()
    except (IOError, OSError):
        return None


def write_stamp(path, content):
    """Last and whole: what was interrupted before has no stamp and is done again."""
    with open(path + ".new", "w") as file:
        file.write(content + "\n")
    os.replace(path + ".new", path)


def count(name):
    """How many packages a requirement file installs here."""
    with open(os.path.join(ROOT, name)) as file:
        pins = [line for line in file if "==" in line and not line.startswith((" ", "#"))]
    return len(set([line.split("==")[0] for line in pins if WINDOWS or "win32" not in line]))


def tell(message):
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def base_python():
    """The Python that .venv was made of."""
    found = getattr(sys, "_base_executable", None)
    if not found or os.path.realpath(os.path.dirname(found)) == os.path.realpath(os.path.dirname(PYTHON)):
        raise SetupError(".venv belongs to another place or Python; delete it and try again.")
    return found


class locked(object):
    """One start at a time. The system frees the lock when a process dies."""

    def __enter__(self):
        try:
            self.file = open(LOCK, "a+b")
        except (IOError, OSError) as error:
            raise SetupError("Cannot write to %s, where .venv must be made: %s." % (ROOT, error.strerror))
        if not self.take(wait=False):
            tell("Another start is preparing .venv; waiting for it ...")
            self.take(wait=True)

    def __exit__(self, *problem):
        self.file.close()

    def take(self, wait):
        try:
            if not WINDOWS:
                import fcntl

                fcntl.flock(self.file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            import msvcrt

            while True:
                try:
                    msvcrt.locking(self.file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                    return True
                except OSError:
                    if not wait:
                        return False
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks: go on without


# -- making and filling it


def make_venv():
    """With the first of venv, uv and virtualenv that works. On Debian venv needs a package of its own."""
    from importlib.util import find_spec

    ways = []
    if find_spec("venv") and find_spec("ensurepip"):
        ways.append([sys.executable, "-m", "venv", "--clear", VENV])
    if which("uv"):
        uv = [which("uv"), "venv", "--quiet", "--no-project"]
        ways.append(uv + ["--clear", "--python", sys.executable, VENV])
    if find_spec("virtualenv"):
        ways.append([sys.executable, "-m", "virtualenv", "--quiet", "--clear", VENV])
    elif which("virtualenv"):
        ways.append([which("virtualenv"), "--quiet", "--clear", "--python", sys.executable, VENV])
    if not ways:
        raise SetupError("This Python has no venv module; on Debian and Ubuntu: apt install python3-venv")
    for way in ways:
        status, said = run(way)
        if status == 0 and os.path.exists(PYTHON):
            write_stamp(stamp_of("place"), digest())
            return
    raise SetupError("Cannot make .venv: " + (disk_trouble(said) or last_line(said)))


def install(name):
    requirements = os.path.join(ROOT, name)
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", requirements]
    if os.path.isdir(WHEELHOUSE):
        options += ["--no-index", "--find-links", WHEELHOUSE]
    status, said = run(installer() + options)
    if status:
        log = os.path.join(VENV, "install.log")
        with open(log, "w") as file:
            file.write(said)
        raise SetupError("%s (All of it: %s)" % (trouble(said), os.path.relpath(log)))


def installer():
    """pip of .venv, or uv when .venv was made by it and has no pip."""
    if run([PYTHON, "-c", "import pip"])[0] == 0:
        quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
        return [PYTHON, "-m", "pip", "install", "--retries", "3"] + quiet
    if which("uv"):
        return [which("uv"), "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON]
    raise SetupError(".venv has no pip; delete .venv and try again.")


def run(command):
    """Runs a helper quietly: its status, and what it said."""
    import subprocess

    environ = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0", PYTHONNOUSERSITE="1")
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "__PYVENV_LAUNCHER__"):
        environ.pop(name, None)
    try:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        child = subprocess.Popen(command, env=environ, cwd=ROOT, **pipes)
    except OSError as error:
        return 1, "%s: %s" % (command[0], error.strerror)
    try:
        said = child.communicate()[0]
    except KeyboardInterrupt:
        child.wait()
        raise
    return child.returncode, said.decode("utf-8", "replace")


def which(name):
    import shutil

    return shutil.which(name)


def trouble(said):
    """What an installer's output means, in a sentence."""
    low = said.lower()
    if "do not match the hashes" in low or "hash mismatch" in low:
        return "A package is not the one that was pinned (its hash differs); nothing of it was installed."
    found = disk_trouble(said)
    if found:
        return found
    if any(sign in low for sign in UNREACHABLE):
        return "The package index cannot be reached; check the network, or put the packages into wheelhouse/."
    if os.path.isdir(WHEELHOUSE) and ("no matching distribution" in low or "was not found" in low):
        return "wheelhouse/ lacks a package: " + last_line(said)
    return "The packages cannot be installed: " + last_line(said)


UNREACHABLE = (
    "newconnectionerror",
    "connection broken by",
    "name resolution",
    "max retries exceeded",
    "timed out",
    "failed to fetch",
    "error sending request",
    "dns error",
    "proxyerror",
    "could not fetch url",
)


def disk_trouble(said):
    low = said.lower()
    if "no space left" in low:
        return "The disk is full."
    if "read-only file system" in low or "permission denied" in low:
        return "Cannot write to %s." % VENV
    return ""


def last_line(said):
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    found = (errors or lines or ["no reason given"])[0 if errors else -1]
    return found if found.endswith(".") else found + "."


# -- for `flask --app manage` and for other servers (manage:app)


def create_app():
    from broadsheet import create_app as create

    return create()


def __getattr__(name):
    if name == "app":
        globals()["app"] = create_app()
        return globals()["app"]
    raise AttributeError(name)


if __name__ == "__main__":
    sys.exit(main())
make_importable()
