"""``python -m faults``: the study from its stored verdicts, or made anew."""

import argparse
import sys
import time
from datetime import timedelta

from faults.corpus import cases
from faults.study import FULL, QUICK, load, save, study, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument(
        "--run", action="store_true", help=f"judge with {FULL:,} events a mapping, and store"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"judge with {QUICK:,} events, and store nothing"
    )
    given = parser.parse_args()
    start = time.monotonic()
    if given.run or given.quick:
        rows = []
        for row in study(QUICK if given.quick else FULL):
            rows.append(row)
            if len(rows) % 100 == 0:
                print(f"{len(rows):,} faults", file=sys.stderr, flush=True)
        if given.run:
            save(rows)
        print(f"judged in {timedelta(seconds=round(time.monotonic() - start))}", file=sys.stderr)
    else:
        rows = load()
    print(f"{len(rows):,} faults in {len(cases())} mappings\n")
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
