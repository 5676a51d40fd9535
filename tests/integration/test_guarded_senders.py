"""Requests to a URL that people choose reach public addresses only, whatever the URL says."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
import uvloop
from raw_server import answer, serving

from segue import Request
from segue.addresses import Guard
from segue.errors import RefusedError, UnreachableError
from segue.senders import HttpxSender, direct
from segue.senders.aiohttp import open_sender
from segue.senders.guarded import resolve
from segue.senders.transport import GuardedTransport


PEM = Path(__file__).parent / "localhost.pem"  # self-signed, for localhost and 127.0.0.1
HOME = Guard((ip_network("127.0.0.1"),))
OK = answer(200, b"here")


@asynccontextmanager
async def open_httpx(find, *, environ, tls=None):
    def guarded(guard):
        transport = GuardedTransport(guard, find=find, tls=tls, environ=environ)
        return httpx.AsyncClient(transport=transport)

    async with httpx.AsyncClient(trust_env=False) as client:
        yield HttpxSender(client, guarded=guarded)


@asynccontextmanager
async def open_aiohttp(find, *, environ, tls=None):
    async with open_sender(find=find, environ=environ, tls=tls) as sender:
        yield sender


@asynccontextmanager
async def open_direct(find, *, environ, tls=None):
    async with direct.open_sender(find=find, environ=environ, tls=tls) as sender:
        yield sender


KINDS = {
    "httpx": (open_httpx, asyncio.new_event_loop),
    "aiohttp": (open_aiohttp, asyncio.new_event_loop),
    "direct": (open_direct, asyncio.new_event_loop),
    "direct on uvloop": (open_direct, uvloop.new_event_loop),
}


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def run(request):
    """``run(act, play, find=…)`` serves ``act`` and awaits ``play(sender, server)``."""
    opened, loop_factory = request.param

    def run(act, play, *, find=resolve, tls=(None, None), proxied=False):
        async def go():
            async with serving(act, tls=tls[0]) as server:
                environ = {"http_proxy": server.url()} if proxied else {}
                async with opened(find, environ=environ, tls=tls[1]) as sender:
                    return await play(sender, server)

        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(go())

    return run


def known(**names):
    """A resolver that knows these names, and gives each its next answer at every question."""
    answers = {host.replace("_", "."): iter(found) for host, found in names.items()}
    asked = []

    async def find(host, port):
        asked.append(host)
        if host in answers:
            return next(answers[host])
        return await resolve(host, port)

    find.asked = asked
    return find


def refused(run, url, **options):
    """The error of a request to ``url``, of which the server heard nothing."""

    async def play(sender, server):
        request = Request.post(url.replace("PORT", str(server.port)), json=1)
        with pytest.raises(RefusedError) as error:
            await sender.within(Guard()).send(request)
        return error.value, server.connections

    error, connections = run(OK, play, **options)
    assert connections == 0
    return error


def test_an_allowed_address_is_reached_as_if_there_were_no_guard(run):
    async def play(sender, server):
        url = server.url("/a?b=1")
        replies = [await sender.within(HOME).send(Request.post(url, json=[1])) for _ in range(2)]
        return [one.text for one in replies], [one.target for one in server.heard]

    assert run(OK, play) == (["here", "here"], ["/a?b=1", "/a?b=1"])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "127\u30020\u30020\u30021",
        "user@127.0.0.1",
        "example.com:80@127.0.0.1",
        "127.0.0.1:PORT",
        "user:example.com@localhost:PORT",
    ],
)
def test_this_machine_is_not_reached_however_it_is_spelled(run, host):
    error = refused(run, f"http://{host}{'' if 'PORT' in host else ':PORT'}/")
    assert error.code == "PRIVATE_ADDRESS"
    assert "127.0.0.1" in str(error)
    assert "a loopback address" in str(error)


@pytest.mark.parametrize("host", ["0177.0.0.1", "127.0.0.01", "[::127.0.0.1]"])
def test_spellings_that_some_take_for_no_url_reach_nothing_either(run, host):
    assert refused(run, f"http://{host}:PORT/").code in {"PRIVATE_ADDRESS", "MESSAGE_REJECTED"}


@pytest.mark.parametrize(
    "host",
    ["[::1]", "[::]", "0.0.0.0", "0", "[fe80::1]", "[fd00::1]", "10.0.0.1", "169.254.169.254",
     "[fd00:ec2::254]", "100.64.0.1", "224.0.0.1", "[2002:7f00:1::]", "[64:ff9b:1::7f00:1]"],
)  # fmt: skip
def test_no_address_that_is_not_public_is_reached(run, host):
    assert refused(run, f"http://{host}/latest/meta-data").code == "PRIVATE_ADDRESS"


def test_the_sentence_says_who_is_where_and_what_to_do(run):
    find = known(hooks_test=[["10.1.2.3"]])
    assert str(refused(run, "https://hooks.test/", find=find)) == (
        '"hooks.test" is at 10.1.2.3, a private address; if it is meant, '
        'add "allow_private: [10.1.2.3]" to the connection'
    )


def test_a_name_with_one_private_address_is_refused_whatever_the_others(run):
    find = known(hooks_test=[["93.184.216.34", "127.0.0.1"]])
    error = refused(run, "http://hooks.test:PORT/", find=find)
    assert '"hooks.test" is at 127.0.0.1' in str(error)


def test_a_name_is_asked_for_once_so_that_it_cannot_move_between_check_and_connection(run):
    find = known(hooks_test=[["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])

    async def play(sender, server):
        reply = await sender.within(HOME).send(Request.get(server.url(host="hooks.test")))
        return reply.text, server.heard[0].headers["host"] == f"hooks.test:{server.port}"

    assert run(OK, play, find=find) == ("here", True)
    assert find.asked == ["hooks.test"]


def test_a_name_that_moved_is_refused_at_its_next_connection(run):
    find = known(hooks_test=[["127.0.0.1"]], other_test=[["127.0.0.2"]])

    async def play(sender, server):
        await sender.within(HOME).send(Request.get(server.url(host="hooks.test")))
        with pytest.raises(RefusedError, match=r"127\.0\.0\.2"):
            await sender.within(HOME).send(Request.get(server.url(host="other.test")))
        return len(server.heard)

    assert run(OK, play, find=find) == 1


@pytest.mark.parametrize(
    "to",
    ["http://169.254.169.254/latest/", "http://127.0.0.2:PORT/", "//127.0.0.2/", "http://0x7f.2/"],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_checked_like_any_request(run, status, to):
    place = []

    async def act(heard, writer):
        location = b"location: " + to.replace("PORT", str(place[0].port)).encode()
        await answer(status, b"", location)(heard, writer)

    async def play(sender, server):
        place.append(server)
        with pytest.raises(RefusedError) as error:
            await sender.within(HOME).send(Request.get(server.url()))
        return error.value.code, len(server.heard)

    assert run(act, play) == ("PRIVATE_ADDRESS", 1)


def test_connections_of_one_guard_are_not_given_to_another(run):
    async def play(sender, server):
        for one in (sender, sender.within(HOME)):
            await one.send(Request.get(server.url()))
        with pytest.raises(RefusedError):
            await sender.within(Guard()).send(Request.get(server.url()))
        return len(server.heard)

    assert run(OK, play) == 2


def test_a_name_that_nobody_knows_is_unreachable_and_not_refused(run):
    async def find(host, port):
        raise OSError("no such name")

    async def play(sender, server):
        with pytest.raises(UnreachableError, match=r"hooks\.test"):
            await sender.within(HOME).send(Request.get("http://hooks.test/"))

    run(OK, play, find=find)


def test_the_second_address_is_tried_where_the_first_does_not_answer(run):
    find = known(hooks_test=[["127.0.0.2", "127.0.0.1"]])

    async def play(sender, server):
        guard = Guard((ip_network("127.0.0.0/8"),))
        return (await sender.within(guard).send(Request.get(server.url(host="hooks.test")))).text

    assert run(OK, play, find=find) == "here"


@pytest.mark.parametrize("host", ["localhost", "hooks.test"])
def test_a_certificate_is_that_of_the_name_and_not_of_the_address(run, host):
    find = known(hooks_test=[["127.0.0.1"]], localhost=[["127.0.0.1"]])
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(PEM)
    trusting = ssl.create_default_context(cafile=str(PEM))

    async def play(sender, server):
        try:
            return (await sender.within(HOME).send(Request.get(server.url(host=host)))).text
        except UnreachableError:
            return "not trusted"

    said = run(OK, play, find=find, tls=(server_tls, trusting))
    assert said == ("here" if host == "localhost" else "not trusted")


def proxied(run, host, find):
    """What became of a request through a proxy on this machine, and how often the proxy was asked."""

    async def play(sender, server):
        try:
            said = (await sender.within(Guard()).send(Request.get(f"http://{host}/a"))).text
        except RefusedError as error:
            said = error.code
        return said, [one.target for one in server.heard]

    return run(OK, play, find=find, proxied=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "hooks.test"])
def test_a_proxy_is_not_asked_for_what_is_known_to_be_private(run, host):
    assert proxied(run, host, known(hooks_test=[["10.0.0.1"]])) == ("PRIVATE_ADDRESS", [])


@pytest.mark.parametrize("host", ["93.184.216.34", "public.test", "unknown.test"])
def test_a_proxy_on_this_machine_is_asked_for_the_rest(run, host):
    async def find(name, port):
        if name == "unknown.test":
            raise OSError("no such name")
        return ["93.184.216.34"]

    assert proxied(run, host, find) == ("here", [f"http://{host}/a"])
