"""The mapping language against recorded runs of the reference implementation.

Where our result differs, a naive interpreter with the reference's quirks must still give theirs, and
the same interpreter without quirks ours. The quirks that make the difference are the classes of
``deviations.md``; each class is counted, file by file.
"""

import json
import math
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from naive_mapping import QUIRKS, Interpreter, RefusedError, run

from segue.json import MISSING
from segue.mapping import check_mapping, compile_mapping, compile_path, mapping_paths, split_path
from segue.mapping.paths import compile_keys


REFUSED = "refused"  # the reference raised, or we found problems

# What our check refuses and the reference's lets pass, by our message; the first that applies.
PROBLEMS = {
    "no object": "a mapping is an object",
    "root directive": r'"__segment_internal_directive" takes|^/__segment_internal_directive/@\w+/mapping: ',
    "unknown option": "has no option",
    "words": r'"(operator|mode|direction)" must be',
    "needed": r'^[^"]*"@\w+" needs|"separator" must be',
    "option types": r'"(pattern2|replacement2|omitArrays)" must be',
    "shape of @arrayPath": '"@arrayPath" takes an array of a path',
    "items of arrays": r"^[^ ]*/\d+(/|: )",
    "values as they are": "^[^ ]*/@(literal|excludeWhenNull|json/value|flatten/value)/[^@]",
}

# How many cases of a file fall into each class; a case may fall into several.
COUNTS = {
    "transform_hand": {
        "blank is loose": 7,
        "brackets are dots": 27,
        "else is truthy": 1,
        "errors": 13,
        "falsy ends a path": 19,
        "falsy values are absent": 4,
        "flatten wraps": 11,
        "letter case matters": 5,
        "merge deletes": 1,
        "merge spreads": 6,
        "no object": 9,
        "numbers overflow": 1,
        "option types": 4,
        "prototypes": 4,
        "replace empties": 11,
        "replacement patterns": 2,
        "root directive": 2,
        "shape of @arrayPath": 1,
        "template reads twice": 3,
        "units": 1,
        "unknown option": 1,
        "words": 8,
    },
    "transform_gen": {
        "blank is loose": 4,
        "brackets are dots": 19,
        "else is truthy": 1,
        "errors": 40,
        "falsy ends a path": 11,
        "falsy values are absent": 1,
        "flatten wraps": 88,
        "merge spreads": 51,
        "replace empties": 70,
        "replacement patterns": 2,
        "words": 14,
    },
    "transform_batch": {
        "blank is loose": 1,
        "brackets are dots": 2,
        "errors": 4,
        "falsy ends a path": 6,
        "falsy values are absent": 1,
        "flatten wraps": 4,
        "merge spreads": 4,
        "no list": 4,
        "no object": 4,
        "replace empties": 9,
        "words": 2,
    },
    "transform_rawjson": {"blank is loose": 3, "brackets are dots": 1},
    "validate_mapping": {
        "items of arrays": 28,
        "needed": 12,
        "no object": 7,
        "option types": 17,
        "root directive": 8,
        "unknown option": 58,
        "values as they are": 1,
        "words": 7,
    },
    "get_path": {"brackets are dots": 6, "falsy ends a path": 89},
    "value_keys": {
        "@arrayPath": 8,
        "@excludeWhenNull": 11,
        "@literal": 4,
        "@merge": 18,
        "@transform": 13,
        "malformed": 5,
    },
}


@pytest.fixture(scope="session")
def outcomes(cases, same):
    """``outcomes(file)``: for each case its id, our result, theirs, and the classes it falls into."""

    @cache
    def outcomes(name):
        return [(case["id"], *outcome(case, same)) for case in map(read, cases(name))]

    return outcomes


def read(case):
    """A case with values for JSON text, and with a list of events, of which there is mostly one."""
    if "mapping_json" in case:
        case["mapping"], case["event"] = (
            json.loads(case["mapping_json"]),
            json.loads(case["event_json"]),
        )
    case["single"] = case["id"].startswith("transform-batch") is False
    case["inputs"] = [case.get("event", {})] if case["single"] else case.get("events", [])
    return case


def theirs(case):
    result = REFUSED if "error" in case else case.get("output", MISSING)
    for note, number in ("infinity_at", math.inf), ("neg_infinity_at", -math.inf):
        for pointer in case.get("notes", {}).get(note, []):
            result[pointer.removeprefix("/")] = number
    return result


def over(case, call):
    """The result of a call for one event, or the list of results for a batch."""
    if case["single"]:
        return call(case["inputs"][0])
    return [None if (result := call(event)) is MISSING else result for event in case["inputs"]]


def model(case, quirks):
    """The naive interpreter's result; the reference wants a lone event to be an object, a batch a list."""
    wrong = (
        not isinstance(case["inputs"][0], dict)
        if case["single"]
        else not isinstance(case["inputs"], list)
    )
    if "errors" in quirks and wrong:
        return REFUSED
    try:
        return over(case, lambda event: run(case["mapping"], event, quirks))
    except RefusedError:
        return REFUSED


def outcome(case, same):
    problems = check_mapping(case["mapping"])
    if problems:
        classes = [] if theirs(case) == REFUSED else kinds(problems)
        return REFUSED, theirs(case), classes
    if not isinstance(case["inputs"], list):
        return MISSING, theirs(case), ["no list"]
    ours = over(case, compile_mapping(case["mapping"]))
    assert same(ours, model(case, frozenset())), case["id"]
    assert same(theirs(case), model(case, QUIRKS)), case["id"]
    classes = [] if same(ours, theirs(case)) else causes(case, same)
    return ours, theirs(case), classes


def causes(case, same):
    """The quirks without which the reference's result would be another."""
    return [
        quirk for quirk in sorted(QUIRKS) if not same(model(case, QUIRKS - {quirk}), theirs(case))
    ]


def kinds(problems):
    found = (
        next(kind for kind, sign in PROBLEMS.items() if re.search(sign, str(problem)))
        for problem in problems
    )
    return sorted(set(found))


def counted(classes):
    return dict(sorted(Counter(kind for found in classes for kind in found).items()))


@pytest.mark.parametrize(
    "name", ["transform_hand", "transform_gen", "transform_batch", "transform_rawjson"]
)
def test_a_mapping_gives_the_recorded_result_or_one_that_differs_as_listed(name, outcomes, same):
    results = outcomes(name)
    assert [
        case for case, ours, theirs, classes in results if not same(ours, theirs) and not classes
    ] == []
    assert counted(classes for *_, classes in results) == COUNTS[name]


# The check


def plain(pointer):
    """A JSON pointer as the reference writes it: unescaped, without the places of @arrayPath's parts."""
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
    return re.sub("/@arrayPath/[01](?=/|$)", "/@arrayPath", "/" + "/".join(keys))


def places(problem):
    """Where the reference may report a problem: there, or, in an item of @merge, from that on."""
    place = plain(problem.pointer)
    *_, inside = re.split(r"/@merge/objects/\d+", place)
    return {place, inside or "/"}


def test_the_check_reports_every_recorded_problem_where_it_is(cases):
    """And more of them, of the kinds that are listed."""
    classes = []
    for case in cases("validate_mapping"):
        recorded = {re.split(" should | has an invalid ", error)[0] for error in case["errors"]}
        problems = check_mapping(case["mapping"])
        assert recorded <= set().union(*map(places, problems)), case["id"]
        classes.append(kinds([more for more in problems if not is_recorded(more, recorded)]))
    assert counted(classes) == COUNTS["validate_mapping"]


def is_recorded(problem, recorded):
    """There, or deeper, or in an option beside it: the reference stops at the first wrong option."""
    around = plain(problem.pointer).rpartition("/")[0]
    return bool(places(problem) & recorded) or any(
        place.startswith(f"{around}/") for place in recorded
    )


# Paths


def test_a_path_finds_what_was_recorded_or_what_differs_as_listed(cases, same):
    classes = []
    for case in cases("get_path"):
        path, target = case["path"], case["object"]
        ours = (
            compile_path(path) if isinstance(path, str) else compile_keys(tuple(map(str, path)))
        )(target)
        classes.append(path_causes(path, target, ours, case.get("output", MISSING), same))
    assert counted(classes) == COUNTS["get_path"]


def path_causes(path, target, ours, theirs, same):
    def look(quirks):
        reader = Interpreter(quirks)
        return reader.look(
            target, reader.keys(path) if isinstance(path, str) else [*map(str, path)]
        )

    assert same(ours, look(frozenset()))
    assert same(theirs, look(QUIRKS))
    return (
        []
        if same(ours, theirs)
        else [quirk for quirk in sorted(QUIRKS) if not same(look(QUIRKS - {quirk}), theirs)]
    )


# What is read


def test_every_recorded_path_is_among_what_a_mapping_reads(cases):
    """And more, where the reference does not look."""
    classes = []
    for case in cases("value_keys"):
        if "error" in case:
            assert check_mapping({"value": case["value"]}) != []
            continue
        readings = mapping_paths(case["value"])
        recorded = set(written(case["output"]))
        assert recorded <= {reading.keys for reading in readings}, case["id"]
        more = [reading for reading in readings if reading.keys and reading.keys not in recorded]
        malformed = more and check_mapping({"value": case["value"]}) != []
        classes.append(["malformed"] if malformed else sorted({*map(overlooked, more)}))
    assert counted(classes) == COUNTS["value_keys"]


def written(paths):
    """The keys of the recorded paths; some are directives, some begin with a template's brace."""
    for path in paths:
        if isinstance(path, str):
            yield split_path(path.strip().lstrip("{").strip())
        else:
            yield from (reading.keys for reading in mapping_paths(path) if reading.keys is not None)


def overlooked(reading):
    names = ("@merge", "@transform", "@literal", "@excludeWhenNull", "@arrayPath")
    return next(name for name in names if name in reading.pointer)


# The list


def page():
    """What deviations.md says of mappings."""
    text = (Path(__file__).parent / "deviations.md").read_text(encoding="utf-8")
    return text.partition("\n## Mappings\n")[2].partition("\n## ")[0]


def test_the_list_of_deviations_counts_what_is_counted_here():
    text = page()
    listed = {}
    for row in re.findall(
        r"^\| ([@\w ]+) \|(.*) (\d+) \|(?: `test[^|]*\|| \|)?$", text, re.MULTILINE
    ):
        listed[row[0]] = int(row[2])
    assert listed == sum(map(Counter, COUNTS.values()), Counter())


def test_the_list_of_deviations_names_tests_that_exist():
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(__file__).parents[1].rglob("test_mapping*.py")
    )
    named = set(re.findall(r"`(test_\w+)`", page()))
    assert {name for name in named if f"def {name}(" not in tests} == set()
