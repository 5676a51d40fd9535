"""Every sender does the same with the same server, however the server behaves."""

import asyncio
import gzip
import ssl
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvloop
from raw_server import answer, head, pipe, reset, serving, stall

from segue import Request
from segue.errors import RefusedError, TimedOutError, UnreachableError
from segue.senders import AGENT, LARGEST, HttpxSender, direct
from segue.senders.aiohttp import open_sender


PEM = Path(__file__).parent / "localhost.pem"  # self-signed, for localhost and 127.0.0.1
OK = answer(200, b'{"ok":true}')
SHORT = 0.05


@asynccontextmanager
async def open_httpx(*, tls=None):
    async with httpx.AsyncClient(verify=tls or True, trust_env=False) as client:
        yield HttpxSender(client)


@asynccontextmanager
async def open_aiohttp(*, tls=None):
    async with open_sender(tls=tls, environ={}) as sender:
        yield sender


@asynccontextmanager
async def open_direct(*, tls=None):
    async with direct.open_sender(tls=tls, environ={}) as sender:
        yield sender


KINDS = {
    "httpx": (open_httpx, asyncio.new_event_loop),
    "aiohttp": (open_aiohttp, asyncio.new_event_loop),
    "direct": (open_direct, asyncio.new_event_loop),
    "direct on uvloop": (open_direct, uvloop.new_event_loop),
}


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def run(request):
    """``run(act, play)`` serves ``act`` and awaits ``play(sender, server)``, with every sender."""
    opened, loop_factory = request.param

    def run(act, play, *, trust=None, **options):
        async def go():
            async with serving(act, **options) as server, opened(tls=trust) as sender:
                return await play(sender, server)

        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(go())

    return run


@pytest.fixture
def send(run):
    """``send(act, path, method="POST", ...)`` gives the answer to one request and what was heard."""

    def send(act, path="/", *, method="GET", trust=None, tls=None, **options):
        async def play(sender, server):
            url = path if "://" in path else server.url(path)
            return await sender.send(Request(method=method, url=url, **options)), server.heard

        return run(act, play, trust=trust, tls=tls)

    return send


def test_a_request_arrives_as_it_was_made(send):
    answered, (heard,) = send(
        answer(201, b"[1]", b"X-Left: 3"), "/a?b=1", method="PUT", body=b"a=1", headers={"X-K": "v"}
    )
    assert (heard.method, heard.target, heard.body) == ("PUT", "/a?b=1", b"a=1")
    assert heard.headers["x-k"] == "v"
    assert (answered.status, answered.headers["x-left"], answered.json()) == (201, "3", [1])


def test_json_is_sent_with_its_content_type(send):
    _, (heard,) = send(OK, method="POST", json={"é": 1})
    assert heard.body == '{"é":1}'.encode()
    assert heard.headers["content-type"] == "application/json"


def test_who_asks_and_what_for_is_said_once(send):
    _, (heard,) = send(OK)
    asked = {"host", "connection", "user-agent", "accept", "accept-encoding"}
    assert heard.headers.keys() - asked == set()
    assert (heard.headers["user-agent"], heard.headers["accept"]) == (AGENT, "application/json")
    assert heard.headers["accept-encoding"] == "gzip"


def test_a_requests_own_headers_replace_ours_whatever_their_case(send):
    mine = {"Content-Type": "application/vnd.api+json", "USER-AGENT": "me", "Content-Length": "99"}
    _, (heard,) = send(OK, method="POST", json=1, headers=mine)
    assert heard.headers["content-type"] == "application/vnd.api+json"
    assert (heard.headers["user-agent"], heard.headers["content-length"]) == ("me", "1")


def test_a_post_without_a_body_says_that_it_has_none(send):
    _, (heard,) = send(OK, method="POST")
    assert heard.headers["content-length"] == "0"
    assert "content-type" not in heard.headers


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/a%2Fb/%41/~?x=a+b&y=%20&z=%7E", "/a%2Fb/%41/~?x=a+b&y=%20&z=%7E"),
        ('/a b"<>\\^`{|}', "/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ("/a\r\nX-Evil: 1", "/a%0D%0AX-Evil:%201"),
        ("/é?q=ü", "/%C3%A9?q=%C3%BC"),
        ("/p#part", "/p"),
        ("", "/"),
    ],
    ids=["as it is", "unsafe", "line break", "not ASCII", "fragment", "no path"],
)
def test_the_url_goes_out_as_it_is_and_what_it_may_not_hold_is_encoded(send, path, target):
    _, (heard,) = send(OK, path)
    assert heard.target == target


def test_parameters_go_to_the_query(send):
    _, (heard,) = send(OK, "/a?b=1", params={"q": "x y&z", "on": True})
    assert heard.target == "/a?b=1&q=x+y%26z&on=true"


def test_headers_are_utf_8_both_ways_and_latin_1_where_they_are_not(send):
    names = "X-Utf: é€".encode(), b"X-Latin: \xe9", b"X-Twice: a", b"x-twice: b"
    answered, (heard,) = send(answer(200, b"", *names), headers={"X-Name": " Zoé "})
    assert heard.headers["x-name"] == "Zoé"
    found = [answered.headers[name] for name in ("x-utf", "x-latin", "x-twice")]
    assert found == ["é€", "é", "a, b"]


@pytest.mark.parametrize(
    "odd",
    [
        {"headers": {"X-Key": "s3cret\r\nX-Evil: 1"}},
        {"headers": {"Authorization": "Bearer s3cret\n"}},
        {"headers": {"X-Key": "s3cret\ud83d"}},
        {"headers": {"X Key": "s3cret"}},
        {"method": "GET / HTTP/1.1\r\n"},
        {"path": "http://"},
        {"path": "http://☃..s3cret/"},
        {"path": "http://[::1"},
        {"path": "http://127.0.0.1:99999/s3cret"},
        {"path": "ftp://127.0.0.1/s3cret"},
        {"path": "file:///etc/passwd", "params": {"key": "s3cret"}},
    ],
    ids=[
        "two headers in one",
        "a line end",
        "half a character",
        "a blank in a name",
        "an odd method",
        "no host",
        "an odd host",
        "half a host",
        "no such port",
        "ftp",
        "a file",
    ],
)
def test_what_http_cannot_carry_is_refused_and_never_shown(send, odd):
    with pytest.raises(RefusedError) as refused:
        send(OK, **odd)
    assert "s3cret" not in str(refused.value)


def test_connections_are_kept(run):
    async def play(sender, server):
        for _ in range(3):
            await sender.send(Request.post(server.url(), json=1))
        return server.connections

    assert run(OK, play) == 1


def test_a_kept_connection_that_was_closed_meanwhile_is_not_used(run):
    async def act(heard, writer):
        await OK(heard, writer)
        if heard.target == "/last":
            writer.close()

    async def play(sender, server):
        statuses = []
        for _ in range(3):
            statuses.append((await sender.send(Request.post(server.url("/last")))).status)
            await sender.send(Request.get(server.url(host="localhost")))  # the close arrives
        return statuses

    assert run(act, play) == [200, 200, 200]


def test_fifty_at_once_get_fifty_answers(run):
    async def act(heard, writer):
        await answer(200, heard.target.encode())(heard, writer)

    async def play(sender, server):
        requests = [Request.get(server.url(f"/{number}")) for number in range(50)]
        return [one.text for one in await asyncio.gather(*map(sender.send, requests))]

    assert run(act, play) == [f"/{number}" for number in range(50)]


async def drip(heard, writer):
    writer.write(head(200, length=10_000))
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(SHORT / 5)


async def half_a_head(heard, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")
    await stall(heard, writer)


@pytest.mark.parametrize("act", [stall, drip, half_a_head], ids=lambda act: act.__name__)
def test_the_timeout_is_of_the_whole_request(send, act):
    with pytest.raises(TimedOutError, match=r"^no answer within 0\.05 s$"):
        send(act, timeout=SHORT)


def test_the_timeout_is_of_a_redirect_too(send):
    async def act(heard, writer):
        if heard.target == "/":
            return await answer(302, b"", b"location: /on")(heard, writer)
        return await stall(heard, writer)

    with pytest.raises(TimedOutError):
        send(act, timeout=SHORT)


def test_a_connection_that_timed_out_is_not_used_again(run):
    async def act(heard, writer):
        await (stall if heard.target == "/slow" else OK)(heard, writer)

    async def play(sender, server):
        with pytest.raises(TimedOutError):
            await sender.send(Request.get(server.url("/slow"), timeout=SHORT))
        return (await sender.send(Request.get(server.url()))).status, server.connections

    assert run(act, play) == (200, 2)


async def reset_inside(heard, writer):
    writer.write(head(200, length=100) + b"half")
    await writer.drain()
    writer.transport.abort()


async def cut_short(heard, writer):
    writer.write(head(200, length=100) + b"half")
    writer.close()


async def no_http(heard, writer):
    writer.write(b"220 mail.test ESMTP\r\n")
    writer.close()


async def no_end_of_chunks(heard, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
    writer.close()


async def odd_chunks(heard, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n")
    writer.close()


BROKEN = [reset, reset_inside, cut_short, no_http, no_end_of_chunks, odd_chunks]


@pytest.mark.parametrize("act", BROKEN, ids=lambda act: act.__name__)
def test_an_answer_that_does_not_arrive_whole_is_none(send, act):
    with pytest.raises(UnreachableError):
        send(act, "/s3cret?key=s3cret", method="POST", json=1)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_nothing_is_sent_twice(run, method):
    async def play(sender, server):
        request = Request(method=method, url=server.url(), body=b"1")
        with pytest.raises(UnreachableError):
            await sender.send(request)
        return len(server.heard)

    assert run(reset, play) == 1


def test_nobody_listening_is_unreachable(run):
    async def play(sender, server):
        async with serving(OK) as other:
            gone = other.url("/s3cret")
        with pytest.raises(UnreachableError) as error:
            await sender.send(Request.post(gone))
        return str(error.value), gone

    said, gone = run(OK, play)
    assert f"no connection to {httpx.URL(gone).netloc.decode()}: " in said
    assert "s3cret" not in said


def test_a_login_in_a_url_is_a_header_and_not_in_the_url(run):
    async def play(sender, server):
        await sender.send(Request.get(server.url("/a", host="u:p%40@127.0.0.1")))
        return server.heard[0]

    heard = run(OK, play)
    assert (heard.target, heard.headers["authorization"]) == ("/a", "Basic dTpwQA==")
    assert heard.headers["host"].startswith("127.0.0.1:")


def test_an_error_is_an_answer(send):
    answered, _ = send(answer(429, b"slow down", b"Retry-After: 30"), method="POST", json=1)
    assert (answered.status, answered.headers["retry-after"]) == (429, "30")
    assert answered.text == "slow down"


def test_a_word_ahead_of_the_answer_is_passed_over(send):
    async def act(heard, writer):
        writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
        await OK(heard, writer)

    answered, _ = send(act)
    assert (answered.status, answered.json()) == (200, {"ok": True})


@pytest.mark.parametrize(
    "written",
    [
        head(200, length=None) + b"hello",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    ],
    ids=["to the end", "HTTP/1.0", "chunked"],
)
def test_a_body_may_be_framed_in_any_way(send, written):
    async def act(heard, writer):
        writer.write(written)
        writer.close()

    answered, _ = send(act)
    assert (answered.status, answered.text) == (200, "hello")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_may_have_no_body(send, method):
    async def act(heard, writer):
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n" if method == "GET" else head(200, length=5))

    answered, _ = send(act, method=method)
    assert answered.body == b""


def test_a_huge_answer_is_cut_and_the_next_is_not_its_rest(run):
    async def endless(heard, writer):
        writer.write(head(200, length=10**12) if heard.target == "/huge" else head(204))
        while heard.target == "/huge":
            writer.write(b"x" * 65536)
            await writer.drain()

    async def play(sender, server):
        huge = await sender.send(Request.get(server.url("/huge")))
        return len(huge.body), (await sender.send(Request.get(server.url("/next")))).status

    assert run(endless, play) == (LARGEST, 204)


GZIP = b"content-encoding: gzip"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (gzip.compress(b"hello" * 100), b"hello" * 100),
        (gzip.compress(bytes(100_000_000)), bytes(LARGEST)),
        (b"<h1>Bad gateway</h1>", b"<h1>Bad gateway</h1>"),
        (b"", b""),
    ],
    ids=["inflated", "a bomb, cut", "not gzip after all", "empty"],
)
def test_a_gzip_answer_is_inflated_within_bounds(send, sent, read):
    answered, _ = send(answer(200, sent, GZIP))
    assert answered.body == read


def test_a_large_request_arrives_whole(send):
    body = bytes(range(256)) * 20_000
    _, (heard,) = send(OK, method="POST", body=body)
    assert heard.body == body


def test_a_header_may_be_long(send):
    answered, _ = send(answer(200, b"", b"x-policy: " + b"p" * 20_000))
    assert len(answered.headers["x-policy"]) == 20_000


def test_cookies_are_not_kept(run):
    async def play(sender, server):
        for _ in range(2):
            await sender.send(Request.get(server.url()))
        return [one.headers.get("cookie") for one in server.heard]

    assert run(answer(200, b"", b"set-cookie: id=1; path=/"), play) == [None, None]


def moved(status, location):
    async def act(heard, writer):
        if heard.target.startswith("/old"):
            await answer(status, b"", b"location: " + location)(heard, writer)
        else:
            await OK(heard, writer)

    return act


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (302, "PATCH", "PATCH"),
        (307, "POST", "POST"),
        (308, "DELETE", "DELETE"),
    ],
)
def test_a_redirect_is_followed_and_some_forget_the_body(send, status, method, then):
    secret = {"authorization": "Bearer t", "content-language": "en"}
    act = moved(status, b"../new?a=1")
    _, (_, heard) = send(act, "/old/x", method=method, json={"a": 1}, headers=secret)
    kept = method == then != "HEAD"
    assert (heard.method, heard.target) == (then, "/new?a=1")
    assert heard.headers["authorization"] == "Bearer t"
    assert heard.body == (b'{"a":1}' if kept else b"")
    assert ("content-type" in heard.headers, "content-language" in heard.headers) == (kept, kept)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_another_host_is_sent_no_credential(run, status):
    async def play(sender, server):
        home.append(server)
        request = Request.get(
            server.url("/old"),
            headers={"Authorization": "Bearer s3cret", "X-Token": "s3cret", "Accept": "s3cret"},
        )
        return await sender.send(request), server.heard

    async def act(heard, writer):
        elsewhere = home[0].url("/new", host="localhost").encode()
        await moved(status, elsewhere)(heard, writer)

    home = []
    answered, (_, heard) = run(act, play)
    assert (answered.status, heard.target) == (200, "/new")
    assert "s3cret" not in str(heard.headers)


@pytest.mark.parametrize("status", [307, 308])
def test_another_host_is_sent_no_body(run, status):
    async def play(sender, server):
        home.append(server)
        return await sender.send(Request.post(server.url("/old"), json={"key": "s3cret"}))

    async def act(heard, writer):
        await moved(status, home[0].url("/new", host="localhost").encode())(heard, writer)

    home = []
    assert run(act, play).status == status
    assert [one.target for one in home[0].heard] == ["/old"]


def test_a_second_redirect_is_the_answer(send):
    answered, heard = send(moved(302, b"/older"), "/old")
    assert (answered.status, [one.target for one in heard]) == (302, ["/old", "/older"])


@pytest.mark.parametrize(
    ("status", "location"),
    [
        (302, b"file:///etc/passwd"),
        (302, b"http://[half"),
        (302, b"http://127.0.0.1:99999/"),
        (302, b""),
        (300, b"/new"),
        (304, b"/new"),
        (201, b"/new"),
    ],
)
def test_a_redirect_to_nowhere_is_the_answer(send, status, location):
    answered, heard = send(moved(status, location), "/old")
    assert (answered.status, len(heard)) == (status, 1)


@pytest.fixture
def tls():
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(PEM)
    return server


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(send, tls):
    with pytest.raises(UnreachableError, match="certificate"):
        send(OK, "/s3cret", tls=tls)


def test_whom_to_trust_may_be_said(send, tls):
    trust = ssl.create_default_context(cafile=PEM)
    answered, heard = send(OK, "/a", tls=tls, trust=trust)
    assert (answered.status, heard[0].target) == (200, "/a")


def aiohttp_alone(act, play, **options):
    async def go():
        async with serving(act) as server:
            environ = {k: v.format(server.port) for k, v in options.pop("environ", {}).items()}
            async with open_sender(environ=environ, **options) as sender:
                return await play(sender, server)

    return asyncio.run(go())


def test_a_proxy_is_asked_where_the_environment_names_one():
    async def play(sender, server):
        await sender.send(Request.get("http://api.test/a?b=1", headers={"x-k": "v"}))
        return server.heard

    environ = {"http_proxy": "http://u:p@127.0.0.1:{}"}
    (heard,) = aiohttp_alone(OK, play, environ=environ)
    assert (heard.target, heard.headers["host"]) == ("http://api.test/a?b=1", "api.test")
    assert heard.headers["proxy-authorization"] == "Basic dTpw"


def test_a_proxy_passes_tls_through(tls):
    async def tunnel(heard, writer):
        assert (heard.method, heard.target) == ("CONNECT", behind[0])
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        host, _, port = heard.target.partition(":")
        above, below = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pipe(above, writer), pipe(heard.after, below))

    async def play(sender, proxy):
        async with serving(OK, tls=tls) as server:
            behind.append(f"127.0.0.1:{server.port}")
            return (await sender.send(Request.get(server.url("/a")))).status

    behind = []
    trust = ssl.create_default_context(cafile=PEM)
    assert aiohttp_alone(tunnel, play, environ={"https_proxy": "127.0.0.1:{}"}, tls=trust) == 200


def test_a_proxy_that_refuses_is_unreachable():
    async def play(sender, server):
        with pytest.raises(
            UnreachableError, match=r"^the proxy does not connect to api\.test: 407$"
        ):
            await sender.send(Request.get("https://api.test/s3cret"))

    aiohttp_alone(answer(407), play, environ={"ALL_PROXY": "http://127.0.0.1:{}"})


def test_connections_to_one_host_can_be_limited():
    async def play(sender, server):
        requests = [Request.get(server.url(f"/{number}")) for number in range(10)]
        await asyncio.gather(*map(sender.send, requests))
        return server.connections

    assert aiohttp_alone(OK, play, per_host=2) == 2
