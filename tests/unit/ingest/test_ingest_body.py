"""Bodies: whole, in pieces, inflated, too large, too slow."""

import gzip
import zlib

import pytest
from asgi import GONE, NEVER

from segue.ingest import Limits
from segue.ingest.answers import Refusal
from segue.ingest.body import PATIENCE, Room


LIMIT = 1_000


@pytest.fixture
def small(make):
    return make(limits=Limits(batch_bytes=LIMIT, seconds=0.01))


def post(api, *pieces, **headers):
    return api.post("/v1/batch", iter(pieces), **headers)


def cut(body, size):
    return [body[at : at + size] for at in range(0, len(body), size)]


def padded(track, size):
    """A batch of one that is just so long."""
    body = b'{"batch":[{"type":"track","userId":"u","event":"e"}]}'
    return body + b" " * (size - len(body))


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("zip_it", [False, True], ids=["plain", "gzip"])
def test_a_body_may_come_in_any_pieces(small, track, size, zip_it):
    body = padded(track, 200)
    pieces = cut(gzip.compress(body) if zip_it else body, size)
    headers = {"content_encoding": "gzip"} if zip_it else {}
    assert post(small, *pieces, **headers).status == 200
    assert len(small.intake.taken) == 1


@pytest.mark.parametrize("name", ["gzip", "GZIP", " x-gzip "])
def test_gzip_has_these_names(small, track, name):
    assert post(small, gzip.compress(padded(track, 100)), content_encoding=name).status == 200


def test_identity_is_no_encoding(small, track):
    assert post(small, padded(track, 100), content_encoding="identity").status == 200


@pytest.mark.parametrize("name", ["br", "deflate", "gzip, gzip", "x"])
def test_any_other_encoding_is_answered_400(small, track, name):
    answer = post(small, padded(track, 100), content_encoding=name)
    assert (answer.status, answer.json["code"]) == (400, "bad_request")
    assert "Content-Encoding" in answer.json["message"]


@pytest.mark.parametrize("zip_it", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 400)])
def test_the_limit_is_that_of_the_inflated_body(small, track, zip_it, size, status):
    body = padded(track, size)
    headers = {"content_encoding": "gzip"} if zip_it else {}
    assert post(small, gzip.compress(body) if zip_it else body, **headers).status == status


def test_a_bomb_is_inflated_no_further_than_the_limit(small):
    """Ten megabytes of spaces in ten kilobytes, and then what is no gzip: it is not looked at."""
    pieces = cut(gzip.compress(b" " * 10_000_000)[:-100], 1_000)
    answer = post(small, *pieces, b"no gzip", content_encoding="gzip")
    assert answer.status == 400
    assert answer.json["message"].startswith("the body is over 1,000 bytes")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[:-1],
        lambda body: body[:10],
        lambda body: body + b"x",
        lambda body: body + body,
        lambda body: body[:-8] + bytes(8),
        lambda body: b"{}",
        lambda body: b"",
        lambda body: zlib.compress(b"{}"),
    ],
    ids=["cut", "head", "tail", "twice", "checksum", "plain", "empty", "zlib"],
)
def test_gzip_that_is_none_is_answered_400(small, track, spoil):
    answer = post(small, spoil(gzip.compress(padded(track, 100))), content_encoding="gzip")
    assert (answer.status, answer.json["code"]) == (400, "bad_request")
    assert "gzip" in answer.json["message"]
    assert small.intake.taken == []


def test_a_body_that_is_too_large_is_read_to_its_end_before_it_is_refused(small):
    """An answer before that would look like a broken connection to one that is still sending."""
    answer = post(small, *[b" " * LIMIT] * PATIENCE)
    assert answer.status == 400
    assert "connection" not in answer.headers


def test_but_not_for_ever(small):
    answer = post(small, *[b" " * LIMIT] * (PATIENCE + 1), NEVER)
    assert (answer.status, answer.headers["connection"]) == (400, "close")


@pytest.mark.parametrize("pieces", [(NEVER,), (b"{", b'"batch"', NEVER)], ids=["nothing", "some"])
def test_a_body_that_does_not_come_is_answered_408(small, pieces):
    answer = post(small, *pieces)
    assert (answer.status, answer.json["code"]) == (408, "timeout")
    assert answer.headers["connection"] == "close"
    assert small.intake.refused == []


def test_a_sender_that_hangs_up_loses_only_its_own_request(small, track):
    assert post(small, b'{"batch":', GONE).status == 400
    assert post(small, padded(track, 100)).status == 200


def test_all_bodies_together_have_so_much_room(make, track):
    api = make(limits=Limits(held_bytes=500))
    answer = post(api, padded(track, 300), b" " * 300)
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert post(api, padded(track, 500)).status == 200


def test_room_is_for_what_bodies_are_once_inflated(make, track):
    api = make(limits=Limits(held_bytes=500))
    body = gzip.compress(padded(track, 501))
    assert post(api, body, content_encoding="gzip").status == 503


def test_room_is_given_back(track):
    room = Room(100)
    with room.share() as take, room.share() as other:
        take(60)
        with pytest.raises(Refusal):
            other(60)
        other(40)
    assert room.used == 0
