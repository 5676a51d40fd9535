"""A key is added to a workspace's text only where that changes nothing else."""

import pytest

from segue.workspace import with_key


def test_a_key_comes_after_the_version():
    text = "# mine\nversion: 1 # one\n\nsources: {}\n"
    assert with_key(text, "plugins", "./plugins") == (
        "# mine\nversion: 1 # one\nplugins: ./plugins\n\nsources: {}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "sources: {}\n",
        "{version: 1, sources: {}}\n",
        "version: 1\nplugins: ./mine\n",
        "version: 1\nversion: 1\n",
        "version:\n  1\n",
        "sources:\n  web: {write_key: |\nversion: 1\n",
        "version: 1\n  2\n",
        "",
    ],
    ids=["no version", "flow", "there", "twice", "below", "broken", "goes on", "empty"],
)
def test_a_text_that_would_say_something_else_is_left_alone(text):
    assert with_key(text, "plugins", "./plugins") is None


def test_a_folder_with_odd_signs_is_quoted():
    assert with_key("version: 1\n", "plugins", "./a b") == 'version: 1\nplugins: "./a b"\n'
