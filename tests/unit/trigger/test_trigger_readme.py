"""The page about triggers is true."""

import json
import re
from pathlib import Path

import pytest

import segue.trigger
from segue.trigger import compile_trigger
from segue.trigger.functions import FUNCTIONS
from segue.trigger.parser import LIMIT
from segue.trigger.tree import DEPTH, OPERATORS


PAGE = Path(segue.trigger.__file__).with_name("README.md").read_text("utf-8")
EVENT = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
EXAMPLES = re.findall(r"^\| `(.+?)` \| (yes|no) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("trigger", "matches"), EXAMPLES)
def test_an_example_does_what_the_page_says(trigger, matches):
    assert compile_trigger(trigger)(EVENT) is (matches == "yes")


@pytest.mark.parametrize(
    "word", [*FUNCTIONS, *sorted(OPERATORS), f"{LIMIT:,} bytes", f"{DEPTH} levels"]
)
def test_the_page_names_it(word):
    assert word in PAGE
