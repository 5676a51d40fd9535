"""A destination may make its base URL of the settings; where it cannot, the file is told before it is used."""

import pytest

from segue import ConfigError, load_plugins
from segue.workspace import parse_workspace


PLUGIN = """
from segue import Destination

def base(settings):
    region = settings["region"]
    if region == "moon":
        raise KeyError(settings["token"])
    return {"eu": "https://eu.acme.test", "odd": "acme"}.get(region)

SETTINGS = {
    "type": "object",
    "required": ["region"],
    "properties": {"region": {"type": "string"}, "token": {"type": "string", "writeOnly": True}},
}
ACME = Destination("acme", title="Acme", url=base, settings=SETTINGS)
"""
FILE = """
version: 1
sources: {{web: {{write_key: k}}}}
connections:
  acme:
    destination: acme
    settings: {settings}
    sources: [web]
"""


@pytest.fixture
def problems(tmp_path):
    """``problems("{region: eu}")`` are those of a file with these settings."""
    (tmp_path / "acme.py").write_text(PLUGIN)
    catalogue = load_plugins(folder=tmp_path)

    def problems(settings, more=""):
        try:
            text = FILE.format(settings=settings) + more
            parse_workspace(text, catalogue, environ={"TOKEN": "s3cret"})
        except ConfigError as error:
            return [str(one) for one in error.problems]
        return []

    return problems


def test_settings_of_which_a_url_is_made_are_fine(problems):
    assert problems("{region: eu}") == []


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("moon", "acme makes no base URL of these settings: KeyError (acme.py:7)"),
        ("mars", "acme makes no base URL of these settings: the url of acme is NoneType, not text"),
        ("odd", "what acme makes of these settings is not a base URL"),
    ],
)
def test_a_plugin_that_makes_no_url_is_told_without_the_secrets(problems, region, said):
    (problem,) = problems(f'{{region: {region}, token: "${{TOKEN}}"}}')
    assert (
        problem
        == f"7:15: /connections/acme/settings: {said}; correct the plugin, or give a base_url"
    )


def test_a_base_url_in_the_file_needs_none_of_the_plugin(problems):
    assert problems("{region: moon}", "    base_url: https://localhost.test\n") == []


def test_settings_that_are_wrong_are_told_and_not_what_follows_from_them(problems):
    (problem,) = problems("{}")
    assert "region" in problem
    assert "base URL" not in problem
