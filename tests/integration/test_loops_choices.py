"""What a Loops team knows is offered where it is mapped: against the sandbox, through the library."""

import asyncio

import httpx
import pytest

from segue import load_plugins
from segue.delivery.choices import find_choices
from segue.senders import HttpxSender, Tokens
from segue.workspace.model import Connection


CATALOGUE = load_plugins()
LOOPS = CATALOGUE.destination("loops")


@pytest.fixture
def ask(loops):
    """``ask("eventName", page)`` is a page of choices, of a sandbox that has had sixty events."""
    sandbox = loops()
    for number in range(60):
        sandbox.event(email="a@b.co", eventName=f"Event {number}")

    def ask(field, page=None):
        async def work():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app)) as client:
                connection = Connection(
                    "loops",
                    LOOPS,
                    LOOPS.stand_in.settings,
                    (),
                    base_url="http://127.0.0.1:9000/api/v1",
                )
                tokens = Tokens(HttpxSender(client))
                actions = CATALOGUE.actions_of(LOOPS)
                return await find_choices(connection, actions, field, tokens=tokens, page=page)

        return asyncio.run(work())

    return ask


def test_mailing_lists_are_offered_by_name_and_chosen_by_id(ask, loops):
    lists = loops().app.state.team.lists.values()
    offered = [(one.value, one.label) for one in ask("mailingLists.__keys__").choices]
    assert offered == [(one.id, one.name) for one in lists]


@pytest.mark.parametrize("field", ["customAttributes.__keys__", "contactProperties.__keys__"])
def test_the_teams_own_properties_are_offered(ask, field):
    offered = [(one.value, one.description) for one in ask(field).choices]
    assert ("favoriteColor", "string") in offered
    assert "email" not in dict(offered)


def test_events_are_offered_page_by_page(ask):
    first = ask("eventName")
    assert (len(first.choices), first.choices[0].value, first.next_page) == (50, "Event 0", "50")
    second = ask("eventName", first.next_page)
    assert (len(second.choices), second.next_page) == (10, None)
