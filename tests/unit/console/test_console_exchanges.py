"""Requests and responses as pages show them, whatever a vendor says."""

import pytest

from segue.console.exchanges import answered
from segue.http import REDACTED, Response


DEEP = b"[" * 500 + b"0," * 200_000 + b"0" + b"]" * 500


@pytest.mark.parametrize("body", [DEEP, b"[" * 900_000, b"<p>" * 300_000, b"\0\xff" * 400_000])
def test_of_a_long_answer_the_page_has_the_beginning(body):
    shown = answered(Response(400, body=body)).body
    assert len(shown) < 110_000
    assert shown.endswith(" characters more")


def test_a_secret_that_appears_only_when_json_is_read_is_hidden():
    spelled = "".join(f"\\u{ord(letter):04x}" for letter in "s3cret")
    shown = answered(Response(200, body=f'{{"you sent": "{spelled}"}}'.encode()), ["s3cret"])
    assert shown.body == f'{{\n  "you sent": "{REDACTED}"\n}}'


def test_no_half_of_a_secret_stands_where_an_answer_is_cut():
    body = b"x" * 99_995 + b"s3cret" + b"x" * 1_000
    assert "s3c" not in answered(Response(200, body=body), ["s3cret"]).body
