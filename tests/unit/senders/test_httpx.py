"""httpx under the Sender protocol."""

import asyncio

import httpx
import pytest

from segue import Request
from segue.errors import TimedOutError, UnreachableError
from segue.senders import LARGEST, HttpxSender


def send(handle, request):
    async def go():
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
            return await HttpxSender(client).send(request)

    return asyncio.run(go())


def test_a_request_goes_out_as_it_is_and_its_answer_comes_back():
    seen = []

    def handle(request):
        seen.append(request)
        return httpx.Response(201, headers={"X-Left": "3"}, json={"id": 1})

    answer = send(handle, Request.post("https://x.test/a?b=1", json={"é": 1}, headers={"X-K": "v"}))
    assert (answer.status, answer.headers["x-left"], answer.json()) == (201, "3", {"id": 1})
    assert (str(seen[0].url), seen[0].content) == ("https://x.test/a?b=1", '{"é":1}'.encode())
    assert (seen[0].headers["content-type"], seen[0].headers["x-k"]) == ("application/json", "v")


def test_a_request_may_bring_its_own_content_type():
    answer = send(
        lambda request: httpx.Response(200, text=request.headers["content-type"]),
        Request.post("https://x.test", body=b"a=1", headers={"Content-Type": "application/x-form"}),
    )
    assert answer.text == "application/x-form"


def test_a_redirect_is_followed_without_credentials_to_another_host():
    def handle(request):
        if request.url.host == "x.test":
            return httpx.Response(302, headers={"location": "https://y.test/on"})
        return httpx.Response(200, text=str("authorization" in request.headers))

    answer = send(handle, Request.get("https://x.test").with_bearer("t"))
    assert (answer.status, answer.text) == (200, "False")


def test_a_redirect_that_httpx_cannot_read_is_no_answer():
    with pytest.raises(UnreachableError, match="redirects to what is no URL"):
        send(
            lambda _: httpx.Response(302, headers={"location": "javascript:alert(1)"}),
            Request.get("https://x.test"),
        )


def test_a_huge_answer_is_cut():
    answer = send(
        lambda _: httpx.Response(200, content=b"x" * (LARGEST + 10)), Request.get("https://x.test")
    )
    assert len(answer.body) == LARGEST


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ReadTimeout("slow"), TimedOutError),
        (httpx.ConnectError("refused"), UnreachableError),
        (httpx.ReadError("reset"), UnreachableError),
    ],
    ids=["timeout", "connect", "reset"],
)
def test_network_errors_are_ours(raised, expected):
    def handle(request):
        raise raised

    with pytest.raises(expected):
        send(handle, Request.get("https://x.test"))
