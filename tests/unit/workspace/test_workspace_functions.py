"""Functions in the workspace: as destinations, and on an event's way to another."""

import textwrap

import pytest

from segue import ConfigError, load_plugins
from segue.functions.library import Library
from segue.workspace import describe, load_workspace, workspace_schema


FILES = {
    "crm": '''
        """Our CRM."""
        SETTINGS = {
            "type": "object",
            "required": ["token"],
            "properties": {"token": {"type": "string", "writeOnly": True}},
        }
        URL = "https://crm.example/api"
        def on_track(event): return None
        def on_identify(event): return None
    ''',
    "cleanup": """
        SETTINGS = {
            "type": "object",
            "properties": {
                "limit": {"type": "integer"},
                "key": {"type": "string", "writeOnly": True},
            },
        }
        def on_track(event, settings): return event
    """,
    "strict": """
        SETTINGS = {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}}
        def on_track(event, settings): return event
    """,
    "asks": "def on_track(event): yield",
    "broken": "import nothing_of_that_name",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("workspace")
    (place / "functions").mkdir()
    for name, source in FILES.items():
        (place / "functions" / f"{name}.py").write_text(textwrap.dedent(source))
    return place


@pytest.fixture(scope="module")
def library():
    return Library()


@pytest.fixture
def load(folder, library):
    """``load(lines)`` is a workspace of these lines beside a folder of functions."""

    def load(lines, head="functions: ./functions\n", **environ):
        file = folder / "segue.yaml"
        file.write_text(f"version: 1\n{head}sources: {{web: {{write_key: wk}}}}\n{lines}")
        return load_workspace(file, load_plugins(), environ=environ, library=library)

    return load


@pytest.fixture
def refused(load):
    """``refused(lines)`` is what is wrong with them, a text each."""

    def refused(lines, **options):
        with pytest.raises(ConfigError) as caught:
            load(lines, **options)
        return [str(one) for one in caught.value.problems]

    return refused


CRM = "connections:\n  crm: {destination: crm, sources: [web], settings: {token: '${T}'}%s}\n"


def test_a_function_is_a_destination_and_needs_no_mappings(load):
    workspace = load(CRM % "", T="t")
    crm = workspace.connections["crm"]
    triggers = {one.name: str(one.trigger) for one in crm.mappings}
    assert triggers == {"onIdentify": 'type = "identify"', "onTrack": 'type = "track"'}
    assert crm.base == "https://crm.example/api"
    assert crm.secrets == ("t",)
    assert crm.mappings[0].plugin.startswith("crm.py ")
    assert [str(one) for one in workspace.notes] == [
        (
            "2:1: /functions: broken.py is left out: it does not load: line 1: ModuleNotFoundError: "
            "No module named 'nothing_of_that_name'"
        )
    ]


def test_a_mapping_in_the_file_takes_the_place_of_the_one_that_goes_without_saying(load):
    lines = ", mappings: {orders: {action: onTrack, trigger: 'event = \"Order\"'}, who: {action: onIdentify, enabled: false}}"
    mappings = load(CRM % lines, T="t").connections["crm"].mappings
    told = [(one.name, str(one.trigger), one.enabled) for one in mappings]
    assert told == [("orders", 'event = "Order"', True), ("who", 'type = "identify"', False)]


def test_a_handler_has_no_fields_to_map(refused):
    lines = ", mappings: {orders: {action: onTrack, fields: {id: 1}}}"
    (problem,) = refused(CRM % lines, T="t")
    assert '"id"' in problem


LOOPS = "connections:\n  c:\n    destination: loops\n    sources: [web]\n    settings: {apiKey: '${K}'}\n    functions: [%s]\n"


def test_a_connection_has_its_events_go_through_functions(load):
    lines = LOOPS % "cleanup, {function: cleanup, settings: {limit: 2, key: '${S}'}}"
    connection = load(lines, K="k", S="hidden").connections["c"]
    assert [(one.file.slug, dict(one.settings)) for one in connection.functions] == [
        ("cleanup", {}),
        ("cleanup", {"limit": 2, "key": "hidden"}),
    ]
    assert connection.secrets == ("k", "hidden")


def test_a_description_names_the_functions_and_tells_no_secret(load):
    workspace = load(LOOPS % "{function: cleanup, settings: {key: '${S}'}}", K="k", S="hidden")
    told = describe(workspace)["connections"]["c"]
    assert told["functions"] == ["cleanup"]
    assert "hidden" not in str(told)


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ("clean", '9:17: /connections/c/functions/0: no function is called "clean"; did you mean "cleanup"?'),
        ("loops", '9:17: /connections/c/functions/0: no function is called "loops"; there are: asks, cleanup, crm, strict'),
        ("broken", '9:17: /connections/c/functions/0: "broken" cannot be used; it does not load: line 1: ModuleNotFoundError: No module named \'nothing_of_that_name\''),
        ("asks", '9:17: /connections/c/functions/0: on_track of "asks" yields requests; return the event, or use async to ask somebody else'),
        ("strict", '9:17: /connections/c/functions/0/settings/key: "key" is required'),
        ("{function: cleanup, settings: {limt: 1}}", '9:48: /connections/c/functions/0/settings/limt: cleanup has no setting "limt"; did you mean "limit"?'),
        ("1", "9:17: /connections/c/functions/0: should be the name of a function, or {function: NAME, settings: {…}}"),
        ("{name: cleanup}", "9:17: /connections/c/functions/0: should be the name of a function, or {function: NAME, settings: {…}}"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_function_is_told_with_its_place(refused, item, problem):
    found = refused(LOOPS % item, K="k")
    assert found[0][: len(problem)] == problem


def test_a_connection_to_a_function_that_does_not_load_says_why(refused):
    (problem,) = refused("connections: {c: {destination: broken}}\n")
    assert problem == (
        '4:32: /connections/c/destination: "broken" cannot be used; it does not load: line 1: '
        "ModuleNotFoundError: No module named 'nothing_of_that_name'"
    )


def test_without_the_folder_no_function_is_known(refused):
    (problem,) = refused(LOOPS % "cleanup", head="\n", K="k")
    assert 'say where they are, at the top of the file: "functions: ./functions"' in problem


def test_a_folder_that_is_not_there_is_a_problem_with_its_line(refused):
    (problem,) = refused("", head="functions: ./funktions\n")
    assert problem == (
        "2:12: /functions: there is no such folder: ./funktions; make it, or remove the key"
    )


def test_another_function_is_another_revision(load, folder):
    first = load("").revision
    assert load("").revision == first
    extra = folder / "functions" / "extra.py"
    extra.write_text("def on_track(event): return None")
    second = load("").revision
    extra.unlink()
    assert second != first


def test_the_schema_offers_functions_and_their_settings(folder, library):
    catalogue = library.extend(load_plugins(), folder / "functions")
    defs = workspace_schema(catalogue)["$defs"]
    assert "crm" in defs["connection"]["properties"]["destination"]["enum"]
    assert defs["connection:crm"]["properties"]["settings"]["required"] == ["token"]
    assert "crm.onTrack" in defs
