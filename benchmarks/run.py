"""``make bench``: Segue and the reference implementation side by side, measured in one run."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

import bars
import diffing
import durable
import plugins
import reference
import table
from cases import cases
from durable import Amount, Figure
from load import MAPPINGS, Load, load
from measure import Plan, Row, measure
from worker import Worker


QUICK = Plan(rounds=5, slice=0.004, slices=8, warm=0.1)
FULL = Plan(rounds=5, slice=0.005, slices=30, warm=0.4)

QUICK_AMOUNT = Amount(rounds=3, deliveries=2_000, few=40_000, backlog=100_000)
FULL_AMOUNT = Amount(rounds=5, deliveries=10_000, few=10_000, backlog=1_000_000)

LOADS = 3


def main() -> int:
    options = arguments()
    busy = table.busy()
    why = reference.absent()
    if why:
        print(f"The reference implementation cannot run: {why}. Segue is measured alone.\n")
    plan = replace(QUICK if options.quick else FULL, rounds=options.rounds)
    amount = QUICK_AMOUNT if options.quick else FULL_AMOUNT
    rows, figures = race(plan, amount, alone=bool(why))
    loaded = [load(ours) for _ in range(LOADS)]
    many = [plugins.load() for _ in range(LOADS)]
    compared = diffing.measure(diffing.FEWER if options.quick else diffing.EVENTS)
    show(rows, figures, loaded, markdown=options.markdown)
    print(plugins.sentence(many))
    print(diffing.sentence(compared))
    print(table.machine() + ("." if why else f", {reference.versions()}."))
    print(busy)
    if options.markdown:
        print("\nFor the front page:\n\n" + "\n".join(table.summary(rows, figures)))
    if not options.bars:
        return 0
    durably = bars.durable(figures, quick=options.quick)
    alike = bars.compared(compared, quick=options.quick)
    return judge([*bars.bars(rows, loaded), *bars.plugins(many), *durably, *alike])


def arguments() -> Namespace:
    parser = ArgumentParser(description="Segue and the reference implementation, side by side.")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (5)")
    parser.add_argument(
        "--quick", action="store_true", help="less of everything: coarser, under 90 s"
    )
    parser.add_argument("--bars", action="store_true", help="hold the figures against the bars")
    parser.add_argument(
        "--markdown", action="store_true", help="print Markdown, for this README and the front page"
    )
    return parser.parse_args()


def ours() -> Worker:
    return Worker("Segue", [sys.executable, "ours.py"])


def race(plan: Plan, amount: Amount, *, alone: bool) -> tuple[list[Row], list[Figure]]:
    with ExitStack() as processes:
        segue = processes.enter_context(ours())
        peer = None if alone else processes.enter_context(reference.start())
        return measure(cases(), segue, peer, plan), durable.measure(amount, peer)


def show(
    rows: Sequence[Row], figures: Sequence[Figure], loaded: Sequence[Load], *, markdown: bool
) -> None:
    layout = table.markdown if markdown else table.text
    print(layout(table.HEAD, list(table.lines(rows))))
    print()
    print(layout(table.DURABLE, list(table.figures(figures))))
    rounds = f"{len(rows[0].rounds)} interleaved rounds, through the store {len(figures[0].rounds)}"
    print(f"\nMedians of {rounds} [least-greatest].")
    seconds = min(one.seconds for one in loaded)
    held = [one.bytes for one in loaded if one.bytes is not None]
    memory = f" and holds {median(held) / 2**20:.0f} MiB" if held else ""
    print(f"A workspace of {MAPPINGS:,} mappings loads in {seconds:.2f} s{memory}.")


def judge(verdicts: Sequence[bars.Bar]) -> int:
    print("\n" + "\n".join(map(str, verdicts)))
    return 0 if all(bar.passed for bar in verdicts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
