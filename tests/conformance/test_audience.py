"""An event puts its person into an audience, or takes them out, where Segment's does."""

from segue.audience import membership


EVERY_STEP = "actions-legacy-journeys-audience-membership"


def test_every_recorded_membership_is_the_same(cases):
    wrong = [
        case["id"]
        for case in cases("audience_membership")
        if membership(
            case.get("rawData", {}),  # one case has none
            case.get("syncMode"),
            every_step=case.get("features", {}).get(EVERY_STEP, False),
        )
        is not case.get("output")
    ]
    assert wrong == []
