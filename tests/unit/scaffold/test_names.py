"""Names of what is new: what is refused, and how the others are spelled."""

import pytest

from segue.errors import AuthorError
from segue.scaffold.names import ActionName, DestinationName, split, variable


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("Acme Desk", 'did you mean "acme-desk"?'),
        ("AcmeDesk", 'did you mean "acme-desk"?'),
        ("-acme", 'did you mean "acme"?'),
        ("2fast", "a letter first"),
        ("", "a letter first"),
        ("acme\n", 'did you mean "acme"?'),
        ("ünder", "a letter first"),
        ("../../etc", 'did you mean "etc"?'),
        ("json", "Python has a module json"),
        ("segue", "Python has a module segue"),
        ("import", "a word of Python"),
    ],
)
def test_a_name_that_is_no_destinations_is_refused_with_a_better_one(slug, said):
    with pytest.raises(AuthorError) as error:
        DestinationName(slug)
    assert said in str(error.value)


def test_a_destination_has_its_name_in_every_spelling():
    name = DestinationName("acme-desk")
    spelled = (name.title, name.module, name.constant, name.package, name.host)
    assert spelled == ("Acme Desk", "acme_desk", "ACME_DESK", "acme-desk-segue", "acme-desk")


@pytest.mark.parametrize(
    ("slug", "better"),
    [
        ("create_ticket", "createTicket"),
        ("CreateTicket", "createTicket"),
        ("create-ticket", "createTicket"),
        ("create ticket", "createTicket"),
    ],
)
def test_an_action_that_is_not_in_camel_case_is_refused_with_one_that_is(slug, better):
    with pytest.raises(AuthorError, match=f'did you mean "{better}"'):
        ActionName(slug)


@pytest.mark.parametrize(
    ("slug", "title", "module", "function"),
    [
        ("createTicket", "Create ticket", "create_ticket", "create_ticket"),
        ("syncHTTPRequest", "Sync http request", "sync_http_request", "sync_http_request"),
        ("import", "Import", "import_", "import_"),
        ("print", "Print", "print", "print_"),
        ("action", "Action", "action", "action_"),
        ("match", "Match", "match", "match_"),
    ],
)
def test_an_action_hides_no_other_name(slug, title, module, function):
    name = ActionName(slug)
    assert (name.title, name.module, name.function) == (title, module, function)


def test_an_action_is_named_with_its_destination():
    name, slug = split("acme.createTicket")
    assert (name.slug, slug.slug) == ("acme", "createTicket")
    with pytest.raises(AuthorError, match=r"with a dot between: acme\.createTicket"):
        split("createTicket")


def test_a_constant_is_none_of_the_files_own():
    assert DestinationName("fields").constant == "FIELDS_"


def test_a_setting_is_spelled_as_the_environment_does():
    assert variable("apiKey") == "API_KEY"
