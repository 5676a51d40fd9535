"""Whatever a browser sends to the mapping editor is answered, and the file stays one that loads."""

import pytest
from console_site import site
from forms import filled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.console.forms.fields import KINDS
from segue.console.forms.functions import FUNCTIONS
from segue.console.forms.triggers import SUBJECTS, TESTS


AT = "/connections/loops/mappings"


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    with site(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture(scope="module")
def form(console):
    return filled(console.get(f"{AT}/contacts").text)


texts = st.text(
    st.sampled_from('ab1$.,{}[]"@\\<>\r\n\0é') | st.characters(codec="utf-8"), max_size=20
)
words = st.sampled_from(
    [*KINDS, *FUNCTIONS, *TESTS, *SUBJECTS, "true", "own", "e1", "9" * 30, "@path"]
)
deeds = st.sampled_from(["preview", "add:t", "add:f.1", "remove:f.1", "remove:t.0", "choices:f.1", "take:f.1:0", "own", "save"])  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_form_is_answered_and_the_file_still_loads(console, form, data):
    names = st.sampled_from(sorted(form)) | st.from_regex(r"[ft](\.[0-3]){1,4}\.(key|kind|value|was|subject|path|operator)", fullmatch=True)  # fmt: skip
    changes = data.draw(st.dictionaries(names, texts | words, max_size=6))
    deed = data.draw(deeds)
    answer = console.post(f"{AT}/contacts", {**form, **changes, "do": deed})
    assert answer.status_code in {200, 303, 409, 422}
    part = console.post(f"{AT}/contacts/preview", {**form, **changes}, HX_Request="true")
    assert part.status_code == 200
    assert not console.desk.reader.read().problems
