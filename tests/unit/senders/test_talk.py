"""One connection, byte by byte: what ends it, and what is an answer however it arrives."""

import asyncio
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.errors import UnreachableError
from segue.senders.talk import HEAD, MOST, Talk
from segue.senders.wire import LARGEST


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


class Line:
    """A transport that keeps what is written. Of the last ``unsent`` bytes it is not rid yet."""

    def __init__(self, unsent=0):
        self.written, self.unsent, self.ended = b"", unsent, False

    def write(self, data):
        self.written += data

    def get_write_buffer_size(self):
        return self.unsent

    def is_closing(self):
        return self.ended

    def abort(self):
        self.ended = True


def asked(*pieces, method="GET", unsent=0, lost=False):
    """The answer to one request that came in these pieces, and whether the connection goes on."""

    async def go():
        talk = Talk("api.test", lambda _: None)
        talk.connection_made(Line(unsent))
        asking = asyncio.create_task(talk.ask(method, b"?", asyncio.get_running_loop().time() + 5))
        await asyncio.sleep(0)
        for piece in pieces:
            if talk.open:
                talk.data_received(piece)
        if lost:
            talk.connection_lost(None)
        return await asking, talk.open

    return asyncio.run(go())


def test_a_connection_goes_on_after_a_whole_answer():
    answer, goes_on = asked(OK)
    assert (answer.status, answer.body, goes_on) == (200, b"ok", True)


@pytest.mark.parametrize(
    ("pieces", "options"),
    [
        ([b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"], {}),
        ([b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"], {}),
        ([OK + OK], {}),
        ([OK, b"?"], {}),
        ([OK], {"unsent": 1}),
        ([OK], {"method": "HEAD"}),
        ([b"HTTP/1.1 200 OK\r\n\r\n", b"ok"], {"lost": True}),
    ],
    ids=[
        "it was said so",
        "as ever in HTTP/1.0",
        "more came with it",
        "more came after it",
        "the request is not written yet",
        "a body that is none may follow",
        "the body ends with it",
    ],
)
def test_a_connection_ends_after_an_answer_where_the_next_could_be_taken_for_its_rest(
    pieces, options
):
    answer, goes_on = asked(*pieces, **options)
    assert (answer.status, goes_on and not options.get("lost")) == (200, False)


def tiny_chunks():
    while True:
        yield b"1;" + b"x" * 100 + b"\r\n.\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"x-more: " + bytes(8000).replace(b"\0", b"x") + b"\r\n"] * 40],
        [b"HTTP/1.1 200 OK\r\nx-more: ", *[b"x" * 8000] * 40],
        [b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"] * (HEAD // 40 + 1),
        [CHUNKED + b"0\r\n", *[b"x-more: " + b"x" * 80_000 + b"\r\n"] * (MOST // 80_000 + 1)],
        [CHUNKED, *[next(tiny_chunks()) * 1000] * (MOST // 100_000)],
        [b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!"],
    ],
    ids=[
        "headers without end",
        "a header without end",
        "words ahead without end",
        "a trailer without end",
        "frames without end",
        "another protocol",
        "framed in two ways",
        "of two lengths",
    ],
)
def test_what_is_no_answer_in_http_ends_the_connection(pieces):
    with pytest.raises(UnreachableError, match=r"^api\.test did not answer in HTTP$"):
        asked(*pieces)


def test_bytes_that_nobody_asked_for_end_the_connection():
    async def go():
        talk = Talk("api.test", lambda _: None)
        talk.connection_made(Line())
        talk.data_received(OK)
        return talk.open

    assert asyncio.run(go()) is False


def test_an_answer_that_is_not_waited_for_any_more_ends_the_connection():
    async def go():
        talk = Talk("api.test", lambda _: None)
        talk.connection_made(Line())
        asking = asyncio.create_task(talk.ask("GET", b"?", asyncio.get_running_loop().time() + 5))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return asking.cancelled(), talk.open

    assert asyncio.run(go()) == (True, False)


def test_a_connection_that_is_lost_is_told_of():
    told = []

    async def go():
        talk = Talk("api.test", told.append)
        talk.connection_made(Line())
        talk.connection_lost(None)
        return told == [talk]

    assert asyncio.run(go())


@settings(deadline=None)
@given(st.data())
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(data):
    """Nothing depends on where the network cuts."""
    body = data.draw(st.binary(max_size=40))
    framed = data.draw(st.sampled_from(["length", "chunks"]))
    early = b"HTTP/1.1 100 Continue\r\n\r\n" * data.draw(st.integers(0, 2))
    if framed == "length":
        whole = early + b"HTTP/1.1 201 Created\r\nX-A: 1\r\ncontent-length: %d\r\n\r\n" % len(body)
        whole += body
    else:
        chunks = [b"%x\r\n%b\r\n" % (len(one), one) for one in (body[:7], body[7:]) if one]
        whole = early + CHUNKED.replace(b"200", b"201") + b"".join(chunks) + b"0\r\nx-t: 1\r\n\r\n"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=12)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    answer, goes_on = asked(*pieces)
    assert (answer.status, answer.body, goes_on) == (201, body, True)
    assert ("x-a" in answer.headers) == (framed == "length")


def test_a_body_in_very_many_pieces_is_read_up_to_its_limit_and_cut():
    pieces = [b"%x\r\n%b\r\n" % (1000, b"x" * 1000)] * (LARGEST // 1000 + 5)
    answer, goes_on = asked(CHUNKED, *pieces)
    assert (len(answer.body), goes_on) == (LARGEST, False)


def test_a_connection_that_waits_holds_nothing_of_the_answers_it_had():
    """Else fifty that are kept hold fifty megabytes."""

    async def go():
        talk = Talk("api.test", lambda _: None)
        talk.connection_made(Line())
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n" + b"x" * 900_000
        tracemalloc.start()
        asking = asyncio.create_task(talk.ask("GET", b"?", asyncio.get_running_loop().time() + 5))
        await asyncio.sleep(0)
        talk.data_received(answer)
        length = len((await asking).body)
        del asking
        await asyncio.sleep(0)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return length, talk.open, held < 100_000

    assert asyncio.run(go()) == (900_000, True, True)
