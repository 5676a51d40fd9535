"""Without an access token a connection is held; other settings, or somebody, let it go on."""

from dataclasses import replace

import pytest

from segue import Destination, OAuth2, Request, Response, action
from segue.json import encode


SECRET = {"type": "string", "writeOnly": True}
SETTINGS = {
    "type": "object",
    "properties": {"clientId": SECRET, "clientSecret": SECRET},
}
TOKEN = Response(200, body=encode({"access_token": "a1", "expires_in": 3600}))
REFUSAL = Response(400, body=encode({"error": "invalid_grant"}))


@pytest.fixture
def vendor():
    """A destination with OAuth and a credential test."""
    oauth = OAuth2("/token", "client_credentials")
    made = Destination(
        "vendor", title="Vendor", url="https://v.test", settings=SETTINGS, oauth=oauth
    )
    made.test(lambda: Request.get("/me"))
    return made


@pytest.fixture
def authorised(vendor, put, connect):
    """``authorised(secret)`` is a connection with this client secret."""
    made = action(vendor, "put", trigger=put.trigger, fields=put.fields)(put.perform)

    def authorised(secret):
        settings = {"clientId": "me", "clientSecret": secret}
        return replace(connect(made), destination=vendor, settings=settings)

    return authorised


def paths(scene):
    return [one.url.removeprefix("https://v.test") for one in scene.sent]


def test_one_refusal_holds_all_until_the_settings_are_others(play, authorised):
    async def story(scene):
        await scene.arrive("ann", "bob", "eve")
        await scene.clock.sleep(30.0)
        held, asked = await scene.codes(), paths(scene)
        scene.script.append(TOKEN)
        await scene.use(authorised("new"))
        await scene.settle(hours=0.1)
        return held, asked, await scene.codes()

    held, asked, codes = play(story, authorised("old"), script=[REFUSAL])
    assert held == [("held", "OAUTH_REFRESH_FAILED")] * 3
    assert asked == ["/token"]
    assert codes == [("delivered", "OK")] * 3


def test_a_token_server_that_is_down_is_waited_for(play, authorised):
    async def story(scene):
        await scene.arrive("ann")
        await scene.settle(hours=1.0)
        return await scene.codes(), paths(scene)

    codes, asked = play(story, authorised("old"), script=[503, 503, TOKEN])
    assert codes == [("delivered", "OK")]
    assert asked == ["/token"] * 3 + ["/put"]
