"""OAuth data that Segment stored are read, and renewed, as Segment does."""

from segue.compat.oauth import auth_data, oauth_data, with_tokens


CALLS = {
    "getAuthData": lambda case: auth_data(case["settings"]),
    "getOAuth2Data": lambda case: oauth_data(case["settings"]),
    "updateOAuthSettings": lambda case: with_tokens(case["settings"], case["oauthData"]),
}


def nothing_new(case, made):
    """An answer without an access token leaves the one that is stored."""
    renewed = case.get("oauthData", {}).get("accessToken")
    return renewed is None and made == case["settings"]


def no_object(case, made):
    """What is stored and is no object is as good as nothing, and left alone."""
    return isinstance(case["settings"]["oauth"], str) and made == case["settings"]


DEVIATIONS = {no_object: 1, nothing_new: 1}


def test_every_recorded_case_is_the_same_or_deviates_as_listed(cases):
    counts = dict.fromkeys(DEVIATIONS, 0)
    for case in cases("auth_data"):
        made = CALLS[case["fn"]](case)
        if "output" in case and made == case["output"]:
            continue
        found = [one for one in DEVIATIONS if one(case, made)]
        assert found, (case["id"], made)
        counts[found[0]] += 1
    assert counts == DEVIATIONS


def test_what_is_given_is_not_written_to():
    settings = {"oauth": {"access_token": "a"}}
    with_tokens(settings, {"accessToken": "b", "refreshToken": "r"})
    assert settings == {"oauth": {"access_token": "a"}}
