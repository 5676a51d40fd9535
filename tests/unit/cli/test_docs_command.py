"""segue docs: what it writes, and where."""

import pytest
from click.testing import CliRunner

from segue import load_plugins
from segue.cli import main


SLUGS = [*load_plugins().destinations]


def run(folder, *arguments):
    place = ["-w", str(folder / "segue.yaml")]
    return CliRunner().invoke(main, [*place, "docs", *arguments])


def test_a_page_goes_to_the_terminal(tmp_path):
    done = run(tmp_path, "loops")
    assert (done.exit_code, done.output.partition("\n")[0]) == (0, "# Loops")


def test_without_a_name_the_index_goes_to_the_terminal(tmp_path):
    assert "| [Loops](loops.md) |" in run(tmp_path).output


@pytest.mark.parametrize(
    ("options", "ending", "index"), [([], "md", "README.md"), (["--html"], "html", "index.html")]
)
def test_a_folder_gets_an_index_and_all_pages(tmp_path, options, ending, index):
    done = run(tmp_path, *options, "-o", str(tmp_path / "new" / "pages"))
    assert done.exit_code == 0
    names = {one.name for one in (tmp_path / "new" / "pages").iterdir()}
    assert names == {index, *(f"{slug}.{ending}" for slug in SLUGS)}


def test_a_folder_gets_the_page_that_is_named_alone(tmp_path):
    run(tmp_path, "loops", "-o", str(tmp_path / "pages"))
    assert [one.name for one in (tmp_path / "pages").iterdir()] == ["loops.md"]


def test_an_unknown_destination_is_an_error_with_the_nearest_name(tmp_path):
    done = run(tmp_path, "lops")
    assert (done.exit_code, 'did you mean "loops"' in done.output) == (2, True)


def test_a_function_has_a_page_too(tmp_path):
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "crm.py").write_text(
        'SETTINGS = {"type": "object", "properties": {"token": {"type": "string", "writeOnly": True}}}\n'
        'def on_track(event):\n    "Note an event."\n'
        "def on_delete(event): pass\n"
    )
    (tmp_path / "segue.yaml").write_text("version: 1\nfunctions: ./functions\n")
    page = run(tmp_path, "crm").output
    assert "| token<br>`token` | **A secret:** never shown or logged. |" in page
    assert "`segue forget` deletes a person here, too" in page
    assert "Note an event." in page
    assert "It has no fields: its events come as they are." in page
