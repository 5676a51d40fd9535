"""The check that an action's requests are what the provider's OpenAPI document describes."""

from collections.abc import Sequence
from typing import Final

from segue.json import JsonObject
from segue.openapi import Description, read
from segue.testing.breaking import BrokenError
from segue.testing.exploring import case, explore
from segue.testing.subject import ActionSubject


_SHOWN: Final = 5


def fits(subject: ActionSubject) -> None:
    """Every request is one that the document describes."""
    destination = subject.action.destination
    assert destination.openapi is not None
    description = Description(read(destination.openapi))
    base = destination.base(subject.home.settings)

    def judge(payloads: Sequence[JsonObject]) -> None:
        for request in subject.run(payloads).requests:
            problems = list(description.problems(request, base))
            if problems:
                raise BrokenError(
                    "a request is not what the OpenAPI document describes:\n"
                    + "\n".join(problems[:_SHOWN]),
                    "Make it so, or narrow the field spec to what the vendor takes.",
                    case(payloads),
                    ("request", f"{request.method} {request.url}"),
                    ("body", request.json),
                )

    explore(subject, judge)
