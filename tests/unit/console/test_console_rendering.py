"""How values look as text."""

import pytest

from segue.console.rendering import marked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A `subscribed` in here", "A <code>subscribed</code> in here"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("one ` alone", "one ` alone"),
        ("<b>", "&lt;b&gt;"),
        ("", ""),
    ],
)
def test_a_description_is_text_and_what_is_in_backticks_is_code(text, shown):
    assert marked(text) == shown
