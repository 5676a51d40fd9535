"""What the workspace file was before."""

import pytest

from segue.console.pages.history import differences


def off(console):
    console.post("/connections/loops/disable")


def test_before_the_first_change_there_is_nothing(console):
    assert "Nothing was changed yet" in console.get("/history").text


def test_a_change_is_in_the_history_with_who_made_it(console):
    off(console)
    page = console.get("/history").text
    assert "loops is switched off." in page
    assert "local" in page


def test_a_version_says_what_it_changed(console):
    off(console)
    newest = console.desk.versions.versions()[0]
    page = console.get(f"/history/{newest.id}").text
    assert "enabled: false" in page
    assert "Nothing: the file is like this now." in page


def test_an_earlier_version_is_had_back_byte_for_byte(console):
    before = console.file.read_bytes()
    off(console)
    oldest = console.desk.versions.versions()[-1]
    revision = console.run(console.desk.read).revision
    console.post(f"/history/{oldest.id}/restore", {"revision": revision})
    assert console.file.read_bytes() == before


def test_a_version_is_not_put_over_a_file_that_has_changed_since(console):
    off(console)
    oldest, now = console.desk.versions.versions()[-1], console.file.read_bytes()
    console.post(f"/history/{oldest.id}/restore", {"revision": "old"})
    assert console.file.read_bytes() == now


@pytest.mark.parametrize("version", ["none", "00000099", "..%2f..%2fetc%2fpasswd", "HEAD"])
def test_a_version_that_is_not_there_is_not_found(console, version):
    assert console.get(f"/history/{version}").status_code == 404


def test_differences_are_lines_with_a_sign():
    assert differences("a\nb\n", "a\nc\n") == ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]
    assert differences("same", "same") == []


@pytest.mark.parametrize("destination", ["loops", "gone", "{"])
@pytest.mark.parametrize("older", ["'an \"0lder\" one'", '"an \\"0lder\\" one"', "0lder"])
def test_a_secret_that_was_once_written_into_the_file_is_on_no_page(console, destination, older):
    off(console)
    text = console.file.read_text().replace('"s3cret-of-loops"', older)
    text = text.replace("destination: loops", f"destination: {destination}")
    console.desk.versions.saved(console.file.read_text(), text, author="ann", message="by hand")
    pages = [console.get(f"/history/{one.id}").text for one in console.desk.versions.versions()]
    assert len(pages) >= 2
    assert not [page for page in pages if "s3cret-of-loops" in page or "0lder" in page]
    assert "[redacted]" in pages[0]
