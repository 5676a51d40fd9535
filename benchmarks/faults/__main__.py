"""``python -m faults``: the study from its stored verdicts, or made anew."""

import argparse
import sys
import time
from datetime import timedelta

from faults import catches, others, timing
from faults.corpus import cases
from faults.study import FULL, QUICK, load, save, study, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument(
        "--run",
        nargs="?",
        type=int,
        const=FULL,
        metavar="EVENTS",
        help=f"judge what was not yet, with {FULL:,} events a mapping, and store it as it is done",
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"judge all with {QUICK:,} events, and store nothing"
    )
    parser.add_argument(
        "--check", action="store_true", help="check every fault anew, and store what is said of it"
    )
    parser.add_argument(
        "--time", action="store_true", help="time the check of a workspace of 50 mappings"
    )
    parser.add_argument(
        "--others", type=int, metavar="COUNT", help="check so many faults in other places"
    )
    given = parser.parse_args()
    start, rows = time.monotonic(), [] if given.quick else load()
    if given.run or given.quick:
        for more in study(given.run or QUICK, rows):
            rows = more
            if given.run:
                save(rows)
            print(f"{len(rows):,} faults", file=sys.stderr, flush=True)
        took = timedelta(seconds=round(time.monotonic() - start))
        print(f"judged in {took}", file=sys.stderr)
    if given.check:
        checked()
    print(f"{len(rows):,} faults in {len(cases())} mappings\n")
    print("\n".join(table(rows)))
    if not given.quick:
        own = catches.stored()
        faulty = catches.joined(rows, own)
        print("\nWhat segue check catches\n")
        print("\n".join(catches.table(faulty)), end="\n\n")
        print("\n".join(catches.notes(faulty, [row for row in own if not row["kind"]])))
    if given.time:
        print(timing.said())
    if given.others:
        print(others.said(given.others))


def checked() -> None:
    """Check every fault, and store what is said."""
    start, made = time.monotonic(), []
    for more in catches.study():
        made += more
        print(f"{len(made):,} checked", file=sys.stderr, flush=True)
    catches.save(made)
    took = timedelta(seconds=round(time.monotonic() - start))
    print(f"checked in {took}", file=sys.stderr)


if __name__ == "__main__":
    main()
