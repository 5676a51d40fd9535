"""How long and how much, on the command line."""

import click
import pytest

from segue.cli.amounts import AGE, SIZE


@pytest.mark.parametrize(
    ("text", "seconds"), [("12h", 43_200), ("30d", 2_592_000), ("8w", 4838400)]
)
def test_an_age_is_in_seconds(text, seconds):
    assert AGE.convert(text, None, None) == seconds


@pytest.mark.parametrize(("text", "size"), [("500MB", 5 * 10**8), ("20GB", 2 * 10**10)])
def test_a_size_is_in_bytes(text, size):
    assert SIZE.convert(text, None, None) == size


@pytest.mark.parametrize("kind", [AGE, SIZE], ids=["age", "size"])
@pytest.mark.parametrize("text", ["", "30", "0d", "0MB", "-1d", "1.5GB", "20 GB", "5eggs"])
def test_anything_else_is_refused_with_what_to_write(kind, text):
    with pytest.raises(click.BadParameter, match="write"):
        kind.convert(text, None, None)
