import argparse
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from bench import fuzzing
from bench.fuzzing.driver import run
from broadsheet.web.logs import TextLines
from stage import Database


def silence() -> None:
    """What is logged is found where the desk finds it."""
    silent = logging.StreamHandler()
    silent.setLevel(logging.CRITICAL + 1)
    silent.setFormatter(TextLines())
    logging.getLogger("broadsheet").addHandler(silent)


def main() -> None:
    parser = argparse.ArgumentParser("bench.fuzzing", description=(fuzzing.__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=100, help="of each target  [default: 100]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="as the test suite does it")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-fuzzing-"))
    silence()
    database = Database(folder)
    try:
        report = run(database, folder, asked.examples, asked.seed, thorough=not asked.quick)
    finally:
        database.drop_templates()
        shutil.rmtree(folder, ignore_errors=True)
    for cause, words in report.findings.items():
        print(f"{cause}\n    {words}\n")
    missed = list(report.missed())
    for one in missed:
        print(f"not reached: {one}")
    print(
        f"{report.requests} requests, {report.refused} refused, {len(report.findings)} findings, "
        f"{len(missed)} not reached."
    )
    sys.exit(1 if report.findings or missed else 0)


if __name__ == "__main__":
    main()
