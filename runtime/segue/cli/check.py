"""segue check: what is wrong with the workspace, and with what its mappings make of events."""

import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

import click

from segue.check import Finding, Report, Severity, inspect
from segue.check.junit import junit
from segue.check.regressions import FOLDER, save
from segue.check.sarif import sarif
from segue.check.searching import MOST
from segue.cli.forms import JSON
from segue.cli.output import brief, plain, print_json, some, stderr, stdout, write
from segue.cli.setup import Setup, pass_setup
from segue.cli.writers import writers
from segue.errors import ConfigError, Problem
from segue.json import JsonValue
from segue.workspace import Workspace


Form: TypeAlias = Literal["text", "json", "sarif", "junit"]

COLOURS: Final[Mapping[Severity, str]] = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command("check")
@JSON
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "sarif", "junit")), default="text",
    show_default=True, help="How to print what was found.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--notes", is_flag=True, help="Show notes, too.")
@click.option("--all", "every", is_flag=True, help="Show each warning, not one of a kind.")
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Another seed tries other events."
)
@click.option(
    "--events", type=click.IntRange(1), default=MOST, show_default=True,
    help="How many events to try for each mapping.",
)  # fmt: skip
@click.option(
    "--budget", metavar="TIME", help="Search for so long (10s, 2m), however many events that are."
)
@click.option("--save/--no-save", default=True, help="Keep counterexamples of errors, to be tried first next time.")  # fmt: skip
@pass_setup
def command(
    setup: Setup,
    *,
    form: Form,
    strict: bool,
    notes: bool,
    every: bool,
    seed: int,
    events: int,
    budget: str | None,
    save: bool,
) -> None:
    """Check the workspace: every problem of the file, then what its mappings make of events.

    Nothing is sent. For every mapping, events are made that its trigger matches, and the smallest is
    shown with which something goes wrong. "segue explain CODE" says more.
    """
    workspace = _valid(setup, form)
    if form == "text":
        stdout.print(_counted(setup, workspace), highlight=False)
    report = inspect(workspace, seed=seed, budget=_seconds(budget), most=events)
    kept = _keep(setup.file, report) if save else []
    _SHOWN[form](workspace, report, View(strict, notes, every))
    for sentence in writers(workspace):
        stderr.print(f"[yellow]warning:[/] {plain(sentence)}", highlight=False)
    for file in kept:
        stderr.print(f"[dim]kept {plain(file)}: commit it, and it is tried first next time[/]")
    sys.exit(report.fails(strict=strict))


def _valid(setup: Setup, form: Form) -> Workspace:
    try:
        return setup.workspace
    except ConfigError as error:
        if form != "json":
            raise
        print_json({"valid": False, "problems": [_data(problem) for problem in error.problems]})
        sys.exit(error.exit_code)


def _counted(setup: Setup, workspace: Workspace) -> str:
    counts = (
        some(len(workspace.sources), "source", "sources"),
        some(len(workspace.connections), "connection", "connections"),
        some(sum(len(one.mappings) for one in workspace.connections.values()), "mapping", "mappings"),
    )  # fmt: skip
    return f"{setup.file} is valid: {', '.join(counts)}"


def _seconds(text: str | None) -> float | None:
    """A time such as 10s or 2m; a bare number is of seconds."""
    if text is None:
        return None
    units = {"ms": 0.001, "s": 1.0, "m": 60.0}
    unit = next((one for one in ("ms", "s", "m") if text.endswith(one)), "")
    try:
        seconds = float(text.removesuffix(unit)) * units.get(unit, 1.0)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 86_400:
        raise click.BadParameter("write a time such as 10s or 2m", param_hint="--budget")
    return seconds


def _keep(file: Path, report: Report) -> list[Path]:
    try:
        return save(file.parent / FOLDER, report.findings)
    except OSError as error:
        stderr.print(f"[yellow]not kept:[/] {plain(error)}")
        return []


class View(NamedTuple):
    """What is to be seen of a report."""

    strict: bool
    notes: bool
    every: bool


def _text(_: Workspace, report: Report, view: View) -> None:
    shown = [one for one in report.findings if view.notes or one.severity != "note"]
    for alike in _alike(shown, every=view.every):
        _show(alike[0], report.file)
        if len(alike) > 1:
            others = ", ".join(
                dict.fromkeys(str(one.field or one.rule).lstrip("/") for one in alike[1:])
            )
            stdout.print(
                f"  [dim]and {len(alike) - 1} more like it: {plain(others)}; --all shows each[/]",
                highlight=False,
            )
    stdout.print(
        _total(report, view, tried=sum(one.tried for one in report.evidence)), highlight=False
    )


def _alike(findings: Iterable[Finding], *, every: bool) -> list[list[Finding]]:
    """Findings that only one is shown of: warnings with one code about one mapping."""
    groups: dict[object, list[Finding]] = {}
    for at, one in enumerate(findings):
        apart = every or one.severity == "error"
        groups.setdefault(at if apart else (one.severity, one.subject, one.code), []).append(one)
    return [*groups.values()]


def _total(report: Report, view: View, *, tried: int) -> str:
    counts = {one: len(report.of(one)) for one in COLOURS}
    if not any(count for one, count in counts.items() if view.notes or one != "note"):
        return f"no event was found that goes wrong, of {tried:,} that were tried"
    told = ", ".join(some(count, one, f"{one}s") for one, count in counts.items())
    hint = "" if view.notes or not counts["note"] else " (--notes shows them)"
    more = f", {len(report.ignored)} ignored" if report.ignored else ""
    return f"{told}{hint}{more}; {tried:,} events were tried"


def _show(finding: Finding, file: str) -> None:
    colour = COLOURS[finding.severity]
    place = plain(f"{file}:{finding.line}:{finding.column}:")
    head = f"[{colour}]{finding.severity}[/] {finding.code} {plain(finding.subject)}"
    stdout.print(f"\n{place} {head}: {plain(finding.message)}", highlight=False)
    if finding.event is not None:
        stdout.print(f"  event    {brief(_short(finding.event), 400)}", highlight=False)
        stdout.print(f"  payload  {brief(_short(finding.payload), 400)}", highlight=False)
    stdout.print(
        f"  [dim]{plain(finding.remedy)}; segue explain {finding.code}[/]", highlight=False
    )


def _short(value: JsonValue) -> JsonValue:
    """A value whose long texts are cut."""
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:40]}… ({len(value)} characters)"
    if isinstance(value, Mapping):
        return {key: _short(inner) for key, inner in value.items()}
    return [_short(one) for one in value[:5]] if isinstance(value, list) else value


def _json(workspace: Workspace, report: Report, view: View) -> None:
    print_json(
        {
            "valid": True,
            "problems": [],
            "notes": [_data(note) for note in workspace.notes],
            "failed": report.fails(strict=view.strict),
            "seed": report.seed,
            "findings": [_finding(one) for one in report.findings],
            "ignored": [_finding(one) for one in report.ignored],
            "evidence": [
                {"connection": one.connection, "mapping": one.mapping, "tried": one.tried,
                 "kinds": one.kinds, "declared": one.declared}
                for one in report.evidence
            ],
        }
    )  # fmt: skip


def _sarif(workspace: Workspace, report: Report, view: View) -> None:
    file = workspace.file or Path(report.file)
    lines = file.read_text(encoding="utf-8").split("\n")
    made = sarif(report, version("segue"), file=_below(file), lines=lines, strict=view.strict)
    print_json(made)


def _below(file: Path) -> str:
    """A file's path from the root of its repository on, or else from where the command runs."""
    full = file.resolve()
    repositories = (one for one in full.parents if (one / ".git").exists())
    root = next(repositories, Path.cwd().resolve())
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else full.name


def _junit(_: Workspace, report: Report, view: View) -> None:
    write(junit(report, strict=view.strict).rstrip())


_SHOWN: Final = {"text": _text, "json": _json, "sarif": _sarif, "junit": _junit}


def _finding(one: Finding) -> dict[str, object]:
    keys = (
        *("code", "severity", "connection", "mapping", "field", "rule", "message", "remedy"),
        *("pointer", "line", "column", "event", "payload", "error", "ignored"),
    )
    return {key: getattr(one, key) for key in keys}


def _data(problem: Problem) -> dict[str, object]:
    return {
        "pointer": problem.pointer,
        "message": problem.message,
        "hint": problem.hint,
        "line": problem.line,
        "column": problem.column,
    }
