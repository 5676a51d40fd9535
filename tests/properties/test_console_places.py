"""Whatever a connection or a mapping is called, its pages have addresses, and each leads to it alone."""

import re

import pytest
from console_site import WORKSPACE, site
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.routing import Match, Route

from segue.console.pages import PLACES
from segue.console.places import url


WORDS = sorted({word for one in PLACES for word in one.path.split("/") if word.isalpha()})
NAMES = st.sampled_from(WORDS) | st.from_regex("[A-Za-z0-9][A-Za-z0-9_-]{0,99}", fullmatch=True)
NAMED = [one for one in PLACES if set(re.findall("{(.*?)}", one.path)) & {"connection", "mapping"}]


async def unused(request):
    raise NotImplementedError


def found(method, path):
    """The place that a request comes to, and what varies in its path."""
    scope = {"type": "http", "method": method, "path": path}
    for place in PLACES:
        match, more = Route(place.path, unused, methods=[place.method]).matches(scope)
        if match is Match.FULL:
            return place, more["path_params"]
    return None, {}


@pytest.mark.parametrize("place", NAMED, ids=lambda place: f"{place.method} {place.path}")
@given(connection=NAMES, mapping=NAMES)
@example(connection="new", mapping="new")
@example(connection="mappings", mapping="preview")
def test_an_address_leads_back_to_its_names(place, connection, mapping):
    names = {"connection": connection, "mapping": mapping}
    parts = [names.get(part.strip("{}"), part) for part in place.path.split("/")[1:]]
    wanted = {key: name for key, name in names.items() if f"{{{key}}}" in place.path}
    assert found(place.method, url(*parts)) == (place, wanted)


def test_a_mapping_that_is_called_new_has_pages_of_its_own(tmp_path):
    text = WORKSPACE.replace("contacts:", "new:")
    with site(tmp_path, text) as console:
        at = "/connections/loops/mappings/new"
        assert "<h1>new</h1>" in console.get(at).text
        assert console.post(f"{at}/disable").status_code == 303
        assert "enabled: false" in console.file.read_text()
        assert console.post(f"{at}/delete").status_code == 200
        assert "new:" not in console.file.read_text()
