"""Reference pages: what they say, and that nothing a plugin says becomes markup."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from segue import Choices, Destination, Person, RateLimit, Request, action, load_plugins, path
from segue.errors import ConfigError
from segue.plugins import Catalogue
from segue.presets import Preset
from segue.reference import filename, html, html_index, index, markdown, markdown_index, page
from segue.reference.markdown import _cell as cell
from segue.reference.markdown import inline, text
from segue.reference.page import link
from segue.reference.pieces import Code, code, line
from segue.workspace import parse_workspace
from segue.workspace.yaml import read


ROOT = Path(__file__).parents[3]
SHIPPED = sorted(
    folder.name
    for folder in (ROOT / "actions" / "segue_actions").glob("[a-z]*/")
    if folder.is_dir()
)
INSTALLED = load_plugins()
HOSTILE = """</td></pre><script>alert(1)</script> | `a` ``b`` **bold** _it_ [x](javascript:1) ![i](x)
# head
1. one
<img src=x onerror=alert(1)> &lt; \\| \\ \u202e\x00 ~~gone~~ $x$"""


def catalogue(destination, *actions):
    return Catalogue(
        {destination.slug: destination},
        {one.name: one for one in actions},
        presets={destination.slug: tuple(destination.presets)},
    )


def hostile():
    """A destination whose every text tries to become markup."""
    place = Destination(
        "hostile",
        title=HOSTILE,
        url="https://h.test/`|<b>",
        description=f"{HOSTILE}\n\n# second\n\n---\n\n```\ncode\n```",
        docs='javascript:alert("x")',
        names=[HOSTILE],
        settings={
            "type": "object",
            "properties": {
                HOSTILE: {
                    "type": "string",
                    "title": HOSTILE,
                    "description": HOSTILE,
                    "enum": [HOSTILE],
                    "ui": {"labels": {HOSTILE: HOSTILE}},
                    "pattern": "`|<b>",
                }
            },
        },
    )
    fields = {
        "type": "object",
        "dependentRequired": {HOSTILE: [HOSTILE]},
        "anyOf": [{"required": [HOSTILE]}, {"properties": {HOSTILE: {"const": HOSTILE}}}],
        "properties": {
            HOSTILE: {**place.settings["properties"][HOSTILE], "mapping": {"@path": HOSTILE}},
            "plain": {"type": "string", "mapping": HOSTILE},
        },
    }

    @action(place, "go", title=HOSTILE, trigger=f'event = "{HOSTILE}"', fields=fields)
    def go(payload):
        return Request.post("/")

    go.description = place.description
    place.presets.append(Preset(HOSTILE, "go", override={HOSTILE: HOSTILE}, event=HOSTILE))
    return page(place, catalogue(place, go))


class Reading(HTMLParser):
    """An HTML document read strictly: every element is closed, in order."""

    EMPTY = frozenset({"meta"})

    def __init__(self, document):
        super().__init__()
        self.tags, self.open, self.attributes, self.said = [], [], [], ""
        self.feed(document)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *one) for one in attrs]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said += data

    def all(self, name):
        return [value for _, one, value in self.attributes if one == name]


# A list of what a Markdown parser may find in our pages. There is no image, no foreign HTML, no rule.
MARKUP = {
    *("h1", "h2", "h3", "p", "ul", "li", "a", "strong", "code"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def tokens(document):
    """The tags and the HTML in a Markdown document, and its links."""
    tree = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = [one for block in tree.parse(document) for one in (block, *(block.children or []))]
    tags = {one.tag for one in found if one.tag}
    raw = [one.content.strip() for one in found if one.type in {"html_inline", "html_block"}]
    return tags, raw, [one.attrs["href"] for one in found if one.type == "link_open"]


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_page_of_a_shipped_destination_is_as_the_code_says(slug):
    """Write them anew with: make docs."""
    written = (ROOT / "actions" / "segue_actions" / slug / "REFERENCE.md").read_text()
    assert written == markdown(page(INSTALLED.destination(slug), INSTALLED))


def test_a_page_has_the_headings_that_segments_users_know():
    document = markdown(page(INSTALLED.destination("loops"), INSTALLED))
    assert re.findall(r"^#+ .*", document, re.MULTILINE) == [
        "# Loops",
        "## Destination Settings",
        "## Available Actions",
        "### Create or update a contact",
        "### Send Event",
    ]


def test_a_secret_setting_is_marked_on_both_pages():
    loops = page(INSTALLED.destination("loops"), INSTALLED)
    assert "| API Key<br>`apiKey` | **A secret:** never shown or logged. Generate" in markdown(
        loops
    )
    assert '<strong class="secret">Secret</strong> Generate' in html(loops)


@pytest.mark.parametrize("name", INSTALLED.actions)
def test_the_yaml_of_a_default_mapping_can_be_pasted(name):
    found = INSTALLED.action(name)
    part = next(one for one in page(found.destination, INSTALLED).actions if one.slug == found.slug)
    file = "\n".join(
        [
            "version: 1",
            "sources: {web: {write_key: k}}",
            "connections:",
            "  it:",
            f"    destination: {found.destination.slug}",
            "    sources: [web]",
            "    mappings:",
            *(f"      {one}" for one in part.mapping),
        ]
    )
    assert [one for one in problems(file) if "/mappings" in one.pointer] == []
    mappings = read(file).value["connections"]["it"]["mappings"]
    assert mappings[found.slug]["fields"] == found.mapping
    assert mappings[found.slug]["trigger"] == found.trigger


def problems(file):
    """What is wrong with a workspace: settings that are not there."""
    try:
        parse_workspace(file, INSTALLED, environ={})
    except ConfigError as error:
        return error.problems
    return ()


def test_hostile_texts_are_no_markdown():
    tags, raw, links = tokens(markdown(hostile()))
    assert tags - MARKUP == set()
    assert set(raw) == {"<!-- Written by segue docs: do not edit. -->", "<br>", "<code>", "</code>"}
    assert all(one.startswith("#") for one in links)


def test_hostile_texts_are_no_html():
    found = Reading(html(hostile()))
    assert not {"script", "img", "b"} & set(found.tags)
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert all(one.startswith("#") for one in found.all("href"))
    assert "<script>alert(1)</script>" in found.said
    assert "\u202e" not in found.said


def test_a_hostile_table_keeps_its_cells():
    tree = MarkdownIt("commonmark").enable("table").parse(markdown(hostile()))
    kinds = "".join(
        {"tr_open": "\n", "th_open": "h", "td_open": "d"}.get(one.type, "") for one in tree
    )
    assert set(kinds.split()) == {"h" * 5, "d" * 5, "h" * 6, "d" * 6}


@pytest.mark.parametrize("slug", [*INSTALLED.destinations])
def test_an_html_page_stands_alone_and_its_links_lead_somewhere(slug):
    found = Reading(html(page(INSTALLED.destination(slug), INSTALLED)))
    assert not {"script", "link", "img", "iframe"} & set(found.tags)
    assert found.tags.count("style") == 1
    ids = found.all("id")
    assert len(ids) == len(set(ids))
    assert [one for one in found.all("href") if one[0] == "#" and one[1:] not in ids] == []


@given(st.text())
def test_any_text_stays_that_text_in_a_table(said):
    """What a reader sees is what was said, in one line."""
    shown = line(said)
    assert cells(f"| {cell(text(shown))} | b |") == [shown, "b"]


@given(st.text(alphabet=st.sampled_from("`|\\<>&*_# \n-a1.)")))
def test_any_code_stays_that_code_in_a_table(said):
    shown = code(said)
    assert cells(f"| {cell(inline([shown]))} | b |") == [shown.strip(), "b"]


@given(st.text(alphabet=st.sampled_from("`|\\<>&*_# \t-+=1.)~[]!(:a")))
def test_any_text_is_one_paragraph(said):
    shown = line(said)
    tree = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    kinds = [one.type for one in tree.parse(text(shown))]
    assert kinds == (["paragraph_open", "inline", "paragraph_close"] if shown else [])


def cells(row):
    tree = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    document = tree.render(f"| x | y |\n| --- | --- |\n{row}\n")
    body = document.partition("<tbody>")[2]
    return [plain(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", body, re.DOTALL)]


def plain(markup):
    found = Reading(markup)
    assert set(found.tags) <= {"code"}
    return found.said


def test_limits_deletion_names_and_batches_are_facts():
    place = Destination(
        "place", title="Place", url="https://p.test", names=["P"], rate_limit=RateLimit(1, per=60)
    )
    fields = {"type": "object", "properties": {"list": {"type": "string"}}}

    @action(place, "put", trigger='type = "track"', fields=fields, sync_modes=("add", "delete"))
    def put(payload):
        return Request.post("/")

    @put.batch(max_items=10, max_bytes=500, wait=2, keys=("list",))
    def puts(payloads):
        return Request.post("/all")

    @put.choices("list")
    def lists():
        return Choices([])

    @place.on_delete
    def forget(user: Person):
        return Request.delete("/")

    made = markdown(page(place, catalogue(place, put)))
    facts = re.findall(r"^\* \*\*.*", made, re.MULTILINE)
    assert facts == [
        "* **Requests go to**: `https://p.test`",
        "* **Rate limit**: 1 request in any 60 seconds with one credential",
        "* **Deletion**: `segue forget` deletes a person here, too",
        "* **Switching it off**: an event's `integrations` object names it `Place`, `place` or `P`",
        "* **Sync modes**: `add` (default), `delete`",
        "* **Batches**: up to 10 events or 500 bytes in a request, after 2 s at most, one for each `list`",
    ]
    assert "asked of Place: `segue choices CONNECTION put list`" in made


def test_presets_are_a_table_with_the_fields_that_differ():
    place = Destination("place", title="Place", url="https://p.test")
    fields = {"type": "object", "properties": {"name": {"type": "string", "mapping": path("$.a")}}}

    @action(place, "put", title="Put", trigger='type = "track"', fields=fields)
    def put(payload):
        return Request.post("/")

    put.preset("All")
    put.preset("Some", trigger='event = "E"', override={"name": path("$.b")}, event="warehouse")
    made = markdown(page(place, catalogue(place, put)))
    assert '| All | `type = "track"` | Put | with every connection |  |' in made
    row = '| Some | `event = "E"` | Put | for the event `warehouse` | `name` = `$.b` |'
    assert row in made


def test_titles_that_are_the_same_are_linked_apart():
    place = Destination("place", title="Place", url="https://p.test")
    fields = {"type": "object", "properties": {}}
    twins = [
        action(place, slug, title="Same", trigger='type = "track"', fields=fields)(lambda: None)
        for slug in ("one", "two")
    ]
    made = markdown(page(place, catalogue(place, *twins)))
    assert "* [Same](#same)\n* [Same](#same-1)" in made


def test_the_index_leads_to_every_page():
    entries = index(INSTALLED)
    assert tokens(markdown_index(entries))[2] == [f"{slug}.md" for slug in INSTALLED.destinations]
    found = Reading(html_index(entries)).all("href")
    assert found == [f"{slug}.html" for slug in INSTALLED.destinations]


def test_no_page_has_the_name_of_the_index():
    assert [filename(slug) for slug in ("loops", "index", "ReadMe")] == [
        "loops",
        "index-destination",
        "ReadMe-destination",
    ]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.test/b?c=d#e", "https://a.test/b?c=d#e"),
        ('https://a.test/<b> "c"', "https://a.test/%3Cb%3E%20%22c%22"),
        ("javascript:alert(1)", None),
        ("//a.test", None),
        ("https://[", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links(url, safe):
    assert link(url) == safe


def test_code_stands_between_more_backticks_than_it_holds_or_in_an_element():
    assert [inline([Code(one)]) for one in ("a|b", "a`b", "``a", r"a\|b", " ")] == [
        "`a|b`",
        "``a`b``",
        "``` ``a ```",
        "<code>a&#92;&#124;b</code>",
        "<code> </code>",
    ]
