"""Access tokens on a real socket: fetched when needed, by one at a time, kept before they are used."""

import asyncio
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from authorisation import Authorisation
from server import served
from starlette.responses import JSONResponse

from segue import Destination, OAuth2, Request, action
from segue.delivery import Courier
from segue.dispatch import Delivery
from segue.errors import RetryableError, StoreUnavailableError, TokenError
from segue.outcome import Delivered, Discarded, Held
from segue.privacy import Hasher
from segue.privacy.forgetting import forget
from segue.retry import RetryPolicy
from segue.secrets import FileSecrets, MemorySecrets
from segue.senders import Tokens, open_client
from segue.senders.aiohttp import open_sender
from segue.store import MemoryStore
from segue.workspace.model import ActionMapping, Connection


SETTINGS = {
    "type": "object",
    "properties": {
        "clientId": {"type": "string"},
        "clientSecret": {"type": "string", "writeOnly": True},
        "refreshToken": {"type": "string", "writeOnly": True},
    },
}
GIVEN = {"clientId": "me", "clientSecret": "hush", "refreshToken": "r0"}


def destination(oauth):
    return Destination(
        "vendor", title="Vendor", url="https://vendor.test", settings=SETTINGS, oauth=oauth
    )


VENDOR = destination(OAuth2("/oauth/token"))
CLIENT = destination(OAuth2("/oauth/token", "client_credentials"))


@pytest.fixture
def vendor():
    return Authorisation()


@pytest.fixture
def address(vendor):
    """Where the vendor lives."""
    with served(vendor.app) as address:
        yield address


@pytest.fixture
def connect(address):
    """``connect()`` is a connection to the vendor, of a client with ``CLIENT``."""
    return lambda to=VENDOR: Connection("v", to, GIVEN, (), base_url=address)


class Hours:
    """A clock that is turned by hand."""

    def __init__(self):
        self.time = 1_800_000_000.0

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.time += seconds


@pytest.fixture
def clock():
    return Hours()


@pytest.fixture
def run(tmp_path, clock):
    """``run(work, secrets)`` runs ``await work(tokens)`` as a process with this clock would."""

    def run(work, secrets=None):
        kept = secrets or FileSecrets(tmp_path / "tokens")

        async def whole():
            async with open_sender() as sender, Tokens(sender, kept, now=clock.now) as tokens:
                return await work(tokens)

        return asyncio.run(whole())

    return run


def post(connection, times=1):
    """Calls of the API at the same time, each answered with its status."""

    async def work(tokens):
        calls = (tokens.send(connection, Request.post("/x")) for _ in range(times))
        return [answer.status for answer in await asyncio.gather(*calls)]

    return work


def test_deliveries_at_the_same_time_share_one_request_for_a_token(connect, vendor, run):
    assert run(post(connect(CLIENT), 20)) == [200] * 20
    assert [one["grant_type"] for one in vendor.asked] == ["client_credentials"]
    assert vendor.calls == ["a1"] * 20


def test_a_client_that_asks_for_itself_keeps_nothing(connect, run, tmp_path):
    run(post(connect(CLIENT)))
    assert not (tmp_path / "tokens").exists()


def test_a_refresh_token_that_was_replaced_outlives_the_process(connect, vendor, run, clock):
    run(post(connect()))
    run(post(connect()))
    assert len(vendor.asked) == 1  # the access token is as good in the next process
    clock.time += 3600
    run(post(connect()))
    assert [one["refresh_token"] for one in vendor.asked] == ["r0", "r1"]
    assert vendor.calls == ["a1", "a1", "a2"]


def test_other_credentials_in_the_settings_begin_anew(connect, vendor, run, address):
    run(post(connect()))
    vendor.refresh = "mine"
    authorised = {**GIVEN, "refreshToken": "mine"}
    assert run(post(Connection("v", VENDOR, authorised, (), base_url=address))) == [200]
    assert vendor.asked[-1]["refresh_token"] == "mine"


def test_a_token_is_renewed_a_minute_before_it_expires(connect, vendor, run, clock):
    async def work(tokens):
        for seconds in (0, 3539, 1):
            clock.time += seconds
            await tokens.send(connect(), Request.post("/x"))

    run(work)
    assert vendor.calls == ["a1", "a1", "a2"]


def test_a_token_without_an_end_lasts_until_it_is_refused(connect, vendor, run, clock):
    vendor.lifetime = None

    async def work(tokens):
        await tokens.send(connect(), Request.post("/x"))
        clock.time += 1e6
        vendor.revoked.add("a1")
        return (await tokens.send(connect(), Request.post("/x"))).status

    assert run(work) == 200
    assert vendor.calls == ["a1", "a1", "a2"]


def test_a_401_is_answered_once_with_another_token(connect, vendor, run, clock):
    async def work(tokens):
        await tokens.send(connect(), Request.post("/x"))
        clock.time += 60
        vendor.revoked |= {"a1", "a2"}
        return (await tokens.send(connect(), Request.post("/x"))).status

    assert run(work) == 401
    assert vendor.calls == ["a1", "a1", "a2"]


def test_many_401_s_lead_to_one_new_token(connect, vendor, run, clock):
    async def work(tokens):
        await tokens.send(connect(), Request.post("/x"))
        clock.time += 60
        vendor.revoked.add("a1")
        return await post(connect(), 20)(tokens)

    assert run(work) == [200] * 20
    assert len(vendor.asked) == 2


def test_a_token_that_is_brand_new_is_not_to_blame(connect, vendor, run):
    vendor.revoked.add("a1")
    assert run(post(connect())) == [401]
    assert (len(vendor.asked), vendor.calls) == (1, ["a1"])


def test_two_processes_do_not_use_one_refresh_token_twice(connect, vendor, run, clock, tmp_path):
    vendor.delay = 0.2

    async def work(tokens):
        async with open_sender() as sender:
            other = Tokens(sender, FileSecrets(tmp_path / "tokens"), now=clock.now)
            return await asyncio.gather(post(connect())(tokens), post(connect())(other))

    assert run(work) == [[200], [200]]
    assert vendor.calls == ["a1", "a1"]


def test_a_delivery_that_is_cancelled_leaves_its_token_to_the_next(connect, vendor, run):
    vendor.delay = 0.2

    async def work(tokens):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await tokens.get(connect())

    run(work)
    assert run(post(connect())) == [200]
    assert [one["refresh_token"] for one in vendor.asked] == ["r0"]


def test_the_vendors_refusal_is_told_in_its_own_words(connect, vendor, run):
    vendor.refresh = "another"
    with pytest.raises(TokenError) as caught:
        run(post(connect()))
    assert str(caught.value) == (
        "Vendor gave no access token: 400 invalid_grant: Token was used already. Authorise the "
        "connection again and put what you are given into its settings"
    )
    assert vendor.calls == []


def test_a_client_that_is_refused_is_told_so(connect, vendor, run):
    vendor.answer = JSONResponse({"error": "invalid_client"}, 401)
    with pytest.raises(TokenError, match=r"401 invalid_client\. Check the client's credentials"):
        run(post(connect(CLIENT)))


def test_a_token_server_that_is_down_is_asked_again_when_it_says(connect, vendor, run):
    vendor.answer = JSONResponse({"error": "r0 hush"}, 503, {"Retry-After": "7"})
    with pytest.raises(RetryableError) as caught:
        run(post(connect()))
    assert (caught.value.after, caught.value.reason) == (
        7,
        "the token server answered 503 [redacted] [redacted]",
    )
    vendor.answer = None
    assert run(post(connect())) == [200]


def test_nothing_is_asked_for_that_could_not_be_kept(connect, vendor, run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RetryableError, match=r"no token is asked for: .* cannot be kept"):
        run(post(connect()), FileSecrets(tmp_path / "file" / "tokens"))
    assert vendor.asked == []


class Full(MemorySecrets):
    """A disk that is full when the answer is there."""

    async def write(self, name, value):
        if "pending" not in value:
            raise StoreUnavailableError("the disk is full")
        await super().write(name, value)


def test_a_token_that_cannot_be_kept_all_the_same_is_used(connect, vendor, run, clock):
    async def work(tokens):
        first = await post(connect())(tokens)
        clock.time += 3600
        return [*first, *await post(connect())(tokens)]

    assert run(work, Full()) == [200, 200]
    assert [one["refresh_token"] for one in vendor.asked] == ["r0", "r1"]


PROCESS = """
import asyncio, sys
sys.path[:0] = {path!r}
from test_tokens import CLIENT, GIVEN, VENDOR
from pathlib import Path
from segue import Request
from segue.secrets import FileSecrets
from segue.senders import Tokens
from segue.senders.aiohttp import open_sender
from segue.workspace.model import Connection

async def work():
    async with open_sender() as sender:
        tokens = Tokens(sender, FileSecrets(Path({folder!r})))
        await tokens.send(Connection("v", VENDOR, GIVEN, (), base_url={address!r}), Request.post("/x"))

asyncio.run(work())
"""


@pytest.fixture
def killed(address, vendor, tmp_path):
    """A process was killed when the vendor had replaced the refresh token and it did not know yet."""
    vendor.delay = 5.0
    path = [str(Path(__file__).parent), *(one for one in sys.path if one.endswith("models"))]
    script = PROCESS.format(path=path, folder=str(tmp_path / "tokens"), address=address)
    process = subprocess.Popen([sys.executable, "-c", script])
    assert vendor.asking.wait(30)
    process.send_signal(signal.SIGKILL)
    process.wait()
    vendor.delay = 0.0


def test_after_a_kill_between_answer_and_disk_the_reason_is_known(killed, connect, run):
    with pytest.raises(TokenError, match="an earlier refresh was cut off before its answer"):
        run(post(connect()))


def test_after_a_kill_nothing_is_lost_where_the_old_token_lives(killed, connect, vendor, run):
    vendor.refresh = "r0"
    assert run(post(connect())) == [200]


FIELDS = {"type": "object", "properties": {}}


@action(VENDOR, "post", trigger="all", fields=FIELDS)
def make(payload):
    return Request.post("/x", json={})


@action(VENDOR, "sdk", trigger="all", fields=FIELDS)
async def call(payload, client):
    answer = await client.post("/x")
    answer.raise_for_status()


@asynccontextmanager
async def courier(clock, secrets):
    async with open_sender() as sender, Tokens(sender, secrets, now=clock.now) as tokens:
        once = RetryPolicy(window=0.0)
        yield Courier(sender, settled=print, clock=clock, retry=once, tokens=tokens)


@pytest.fixture
def deliver(connect, clock):
    """``deliver(action)`` is what becomes of one delivery, and the connection."""

    def deliver(made, secrets=None):
        async def work():
            async with courier(clock, secrets or MemorySecrets()) as one:
                delivery = Delivery({"userId": "u"}, "s", connect(), ActionMapping.of(made))
                return await one.carry(delivery)

        return asyncio.run(work())

    return deliver


@pytest.mark.parametrize("made", [make, call], ids=["a request", "a client"])
def test_a_delivery_is_made_with_a_token(deliver, vendor, made):
    assert isinstance(deliver(made).outcome, Delivered)
    assert vendor.calls == ["a1"]


@pytest.mark.parametrize("made", [make, call], ids=["a request", "a client"])
def test_without_a_token_the_connection_is_held_and_nothing_is_shown(deliver, vendor, made):
    vendor.answer = JSONResponse({"error": "invalid_client", "error_description": "hush?"}, 401)
    settled = deliver(made)
    assert isinstance(settled.outcome, Held)
    assert settled.outcome.code == "OAUTH_REFRESH_FAILED"
    assert "401 invalid_client: [redacted]?" in settled.outcome.why
    assert vendor.calls == []


def test_a_token_that_the_vendor_repeats_is_not_shown(deliver, vendor):
    (attempt,) = deliver(make).attempts
    assert attempt.response.json() == {"token": "[redacted]"}


def test_a_token_server_that_is_down_does_not_hold_anything(deliver, vendor):
    vendor.answer = JSONResponse({}, 503)
    assert isinstance(deliver(make).outcome, Discarded)  # its window of 0 seconds is over


def test_a_client_s_401_is_answered_once_with_another_token(connect, vendor, run, clock):
    async def work(tokens):
        async with open_client(connect(), tokens) as client:
            first = await client.post("/x")
            clock.time += 60
            vendor.revoked |= {"a1"}
            return [first.status_code, (await client.post("/x")).status_code]

    assert run(work) == [200, 200]
    assert vendor.calls == ["a1", "a1", "a2"]


def test_a_deletion_carries_a_token(address, vendor, run, clock):
    made = destination(OAuth2("/oauth/token"))
    made.on_delete(lambda user: Request.delete(f"/people/{user.user_id}"))
    connection = Connection("v", made, GIVEN, (), base_url=address)

    async def work(tokens):
        async with open_sender() as sender:
            return await forget(
                "ann",
                store=MemoryStore(clock=clock.now),
                hasher=Hasher(b"key"),
                connections=[connection],
                sender=sender,
                clock=clock.now,
                tokens=tokens,
            )

    assert run(work).done
    assert vendor.calls == ["a1"]


def test_a_token_that_was_replaced_meanwhile_is_not_asked_for_again(connect, vendor, run, clock):
    async def work(tokens):
        first = await tokens.get(connect())
        clock.time += 60
        return first, [await tokens.renew(connect(), first), await tokens.renew(connect(), first)]

    assert run(work) == ("a1", ["a2", "a2"])
    assert len(vendor.asked) == 2


def test_a_token_url_that_is_none_is_said(address, run):
    wrong = destination(OAuth2(lambda _: "/../token"))
    with pytest.raises(TokenError, match=r"no token can be asked for: the path .* climbs out"):
        run(post(Connection("v", wrong, GIVEN, (), base_url=address)))


def test_a_refresh_token_is_not_used_where_its_successor_would_be_lost(connect, vendor):
    async def work():
        async with open_sender() as sender:
            await Tokens(sender).get(connect())

    with pytest.raises(TokenError, match="there is nowhere to keep the next refresh token"):
        asyncio.run(work())
    assert vendor.asked == []
