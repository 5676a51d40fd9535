"""The tracking API over a real socket: what no HTTP client would send, and what real ones do."""

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_intake import SOURCES, MemoryIntake
from server import served

from segue.ingest import Limits, create_app
from segue.ingest.protocol import Protocol


class Brisk(Protocol):
    """With bounds that a test can wait for."""

    max_head, head_seconds = 4_096, 0.3


class Server:
    def __init__(self, url: str, intake: MemoryIntake) -> None:
        self.host, _, port = url.removeprefix("http://").partition(":")
        self.port, self.intake = int(port), intake

    def talk(self, *pieces: bytes, answers: int = 1) -> list[tuple[int, dict]]:
        """Status and body of so many answers to bytes as they are, each piece a packet."""
        with socket.create_connection((self.host, self.port), timeout=10) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                line.sendall(piece)
            with line.makefile("rb") as file:
                return [read(file) for _ in range(answers)]

    def end(self, *pieces: bytes) -> bytes:
        """All that comes back until the other side closes, after this one has said its last."""
        heard = bytearray()
        with socket.create_connection((self.host, self.port), timeout=10) as line:
            with suppress(OSError):  # the other side may have heard enough
                for piece in pieces:
                    line.sendall(piece)
                line.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                while more := line.recv(65_536):
                    heard += more
        return bytes(heard)

    def works(self) -> bool:
        """Whether a good event still gets in, and nothing else with it."""
        self.intake.forget()
        return self.talk(request(batch("fine"))) == [SUCCESS] and names(self) == ["fine"]


SUCCESS = (200, {"success": True})


def read(file: BinaryIO) -> tuple[int, dict]:
    """Status and body of the next answer."""
    status = int(file.readline().split()[1])
    headers = dict(line.strip().lower().split(b": ", 1) for line in iter(file.readline, b"\r\n"))
    return status, json.loads(file.read(int(headers[b"content-length"])))


def batch(*names: str) -> bytes:
    items = [{"type": "track", "userId": "u", "event": name, "messageId": name} for name in names]
    return json.dumps({"writeKey": "wk_web", "batch": items}).encode()


def request(
    body: bytes, *headers: str, path: str = "/v1/batch", length: int | None = None
) -> bytes:
    size = len(body) if length is None else length
    lines = [f"POST {path} HTTP/1.1", "Host: t", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    intake = MemoryIntake()
    limits = Limits(batch_bytes=2_000, seconds=0.3)
    app = create_app(sources=SOURCES.get, intake=intake, limits=limits)
    with served(app, http=Brisk) as url:
        yield Server(url, intake)


@pytest.fixture(autouse=True)
def unharmed(server: Server) -> Iterator[None]:
    server.intake.forget()
    yield
    assert server.works()


def names(server: Server) -> list[object]:
    return [event["event"] for event in server.intake.events]


def test_a_batch_gets_in_and_is_answered_200_with_json(server):
    assert server.talk(request(batch("a", "b"))) == [SUCCESS]
    assert names(server) == ["a", "b"]


def test_one_connection_serves_many_requests_also_sent_ahead(server):
    assert server.talk(request(batch("a")) + request(batch("b")), answers=2) == [SUCCESS] * 2
    assert names(server) == ["a", "b"]


def test_a_bad_body_does_not_end_the_connection(server):
    bad, good = server.talk(request(b"{"), request(batch("a")), answers=2)
    assert (bad[0], bad[1]["code"], good) == (400, "bad_request", SUCCESS)


def test_a_body_may_come_byte_by_byte(server):
    assert server.talk(*[bytes([byte]) for byte in request(batch("a"))]) == [SUCCESS]


def test_a_body_may_come_in_chunks(server):
    body = batch("a")
    head = b"POST /v1/batch HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:9], body[9:])]
    assert server.talk(head, *chunks, b"0\r\n\r\n") == [SUCCESS]


def test_a_client_may_ask_before_it_sends_the_body(server):
    body = batch("a")
    with socket.create_connection((server.host, server.port), timeout=10) as line:
        line.sendall(request(b"", "Expect: 100-continue", length=len(body)))
        assert line.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        with line.makefile("rb") as file:
            assert read(file) == SUCCESS


def test_a_client_may_offer_another_protocol(server):
    """Java's does, and sends its body with the offer."""
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ")
    assert server.talk(request(batch("a"), *offer)) == [SUCCESS]


def test_http_1_0_without_a_host_will_do(server):
    body = batch("a")
    head = b"POST /v1/batch HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert server.talk(head + body) == [SUCCESS]


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"POST /v1/batch HTTP/9.9\r\n\r\n",
        b"POST /v1/batch HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/batch HTTP/1.1\r\nContent-Length: two\r\n\r\n{}",
        b"POST /v1/batch HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        b"POST /v1/batch HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
        b"POST /v1/batch HTTP/1.1\r\nno colon here\r\n\r\n",
        b"POST /v1/batch HTTP/1.1\r\nA\x00: b\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\n\r\n",
        b"POST http:// HTTP/1.1\r\n\r\n",
    ],
    ids=lambda raw: repr(raw[:60]),
)
def test_what_is_not_http_is_answered_400_as_everything_else_is(server, raw):
    ((status, body),) = server.talk(raw)
    assert (status, body["code"]) == (400, "bad_request")


def test_chunks_that_are_none_cost_only_their_own_request(server):
    head = b"POST /v1/batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    ((status, _),) = server.talk(head + b"zz\r\n")
    assert status == 400


@pytest.mark.parametrize("kept", [0, 10, 60, 100])
def test_a_request_that_ends_early_leaves_nothing_behind(server, kept):
    whole = request(batch("a"))
    server.end(whole[: -len(whole) + kept or None] if kept else b"")
    assert names(server) == []


def test_a_body_that_stops_coming_is_answered_408(server):
    ((status, body),) = server.talk(request(batch("a"), length=1_000))
    assert (status, body["code"]) == (408, "timeout")


def test_headers_that_stop_coming_are_answered_408(server):
    ((status, body),) = server.talk(b"POST /v1/batch HTTP/1.1\r\nHost")
    assert (status, body["code"]) == (408, "timeout")


def test_headers_of_a_second_request_too(server):
    first, (status, _) = server.talk(request(batch("a")), b"POST /v1/batch", answers=2)
    assert (first, status) == (SUCCESS, 408)


def test_a_connection_on_which_nothing_comes_is_closed(server):
    with socket.create_connection((server.host, server.port), timeout=10) as line:
        assert line.recv(100) == b""


@pytest.mark.parametrize(
    "piece", [b"x" * 1_000, b"a: b\r\n" * 200, b"\r\n" * 500], ids=["one", "many", "blank"]
)
def test_headers_without_end_are_answered_431(server, piece):
    start = b"" if piece.isspace() else b"POST /v1/batch HTTP/1.1\r\nX: "
    ((status, body),) = server.talk(start, *[piece] * 5)
    assert (status, body["code"]) == (431, "bad_request")


def test_a_body_that_is_too_large_is_answered_400_and_not_cut_off(server):
    ((status, body),) = server.talk(request(b" " * 30_000))
    assert (status, body["code"]) == (400, "bad_request")


def test_a_body_without_end_is_cut_off(server):
    with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
        server.talk(request(b"", length=10**9), *[b" " * 65_536] * 1_000)


def test_a_bomb_is_answered_400(server):
    bomb = gzip.compress(b" " * 10_000_000)
    ((status, body),) = server.talk(request(bomb, "Content-Encoding: gzip"))
    assert (status, body["code"]) == (400, "bad_request")


class Narrow(Brisk):
    max_connections = 2


@pytest.fixture
def narrow() -> Iterator[Server]:
    intake = MemoryIntake()
    app = create_app(sources=SOURCES.get, intake=intake, limits=Limits(seconds=5))
    with served(app, http=Narrow, timeout_keep_alive=60) as url:  # else time alone closes a line
        yield Server(url, intake)


def test_where_there_is_no_place_left_the_longest_silent_connection_makes_one(narrow):
    with (
        socket.create_connection((narrow.host, narrow.port), timeout=5) as first,
        socket.create_connection((narrow.host, narrow.port), timeout=5) as second,
    ):
        for line in (first, second):
            line.sendall(request(batch("a")))
            with line.makefile("rb") as file:
                assert read(file) == SUCCESS
        assert narrow.talk(request(batch("b"))) == [SUCCESS]
        assert first.recv(1) == b""
        second.sendall(request(batch("c")))
        with second.makefile("rb") as file:
            assert read(file) == SUCCESS


def test_where_all_are_busy_one_more_is_answered_503(narrow):
    half = request(batch("a"), "Expect: 100-continue")[:-5]
    with (
        socket.create_connection((narrow.host, narrow.port), timeout=5) as first,
        socket.create_connection((narrow.host, narrow.port), timeout=5) as second,
    ):
        for line in (first, second):
            line.sendall(half)
            assert b" 100 " in line.recv(100)
        with socket.create_connection((narrow.host, narrow.port), timeout=5) as third:
            with third.makefile("rb") as file:
                status, body = read(file)
            assert (status, body["code"]) == (503, "unavailable")
            assert third.recv(1) == b""


lines = st.sampled_from(
    [
        b"POST /v1/batch HTTP/1.1\r\n",
        b"GET /healthz HTTP/1.1\r\n",
        b"Host: t\r\n",
        b"Content-Length: 7\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Authorization: Basic d2tfd2ViOg==\r\n",
        b"\r\n",
        b"3\r\n{}\n\r\n",
        b"0\r\n\r\n",
        b"{}",
        b"\x1f\x8b",
        request(batch("a")),
    ]
)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.lists(lines | st.binary(max_size=30), max_size=8))
def test_whatever_comes_every_answer_is_one_of_ours(server, pieces):
    said = server.end(*pieces)
    assert said.count(b"HTTP/1.1 ") == said.count(b'{"code":') + said.count(b'{"success":') + (
        said.count(b'{"ok":')
    )
    assert b"HTTP/1.1 5" not in said
