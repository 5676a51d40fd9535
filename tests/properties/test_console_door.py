"""What holds of form tokens, passwords and tries, whatever is thrown at them."""

from hypothesis import given
from hypothesis import strategies as st

from segue.console.security.attempts import Allowance, Attempts
from segue.console.security.hosts import LOOPBACK, known
from segue.console.security.passwords import Cost, opens, seal
from segue.console.security.sessions import IDLE, LONGEST, Sessions
from segue.console.security.tokens import FormTokens


CHEAP = Cost(2, 1, 1)
TEXT = st.text() | st.text(st.characters(categories=["Cs", "L"]))
USER = Allowance(3, 10.0)
PLACE = Allowance(5, 4.0)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16), TEXT)
def test_a_token_is_genuine_for_its_session(key, nonce, session):
    tokens = FormTokens(key, lambda _: nonce)
    assert tokens.genuine(session, tokens.issue(session))


@given(TEXT, TEXT, TEXT)
def test_a_token_is_genuine_for_no_other_session_and_no_text_is_one(session, other, text):
    tokens = FormTokens(b"k" * 32, lambda size: b"n" * size)
    assert tokens.genuine(other, tokens.issue(session)) is (other == session)
    assert not tokens.genuine(session, text.encode("utf-8", "replace").decode())


@given(st.data())
def test_a_token_of_which_a_character_was_changed_is_none(data):
    tokens = FormTokens(b"k" * 32, lambda size: b"n" * size)
    token = tokens.issue("s")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("0123456789abcdef").filter(lambda one: one != token[at]))
    assert not tokens.genuine("s", token[:at] + other + token[at + 1 :])


@given(TEXT, st.binary(max_size=20))
def test_a_password_opens_what_was_made_of_it(password, salt):
    assert opens(password, seal(password, salt, CHEAP))


PRINTED = st.text(st.characters(min_codepoint=32, max_codepoint=126))


@given(PRINTED, PRINTED)
def test_another_password_does_not(password, other):
    assert opens(other, seal(password, b"salt", CHEAP)) is (other == password)


STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.floats(0, 15)), max_size=60
)


@given(STEPS)
def test_no_name_and_no_address_has_more_tries_than_its_allowance(steps):
    """In every stretch of time: the burst, and one more for each interval in it."""
    attempts, now = Attempts(USER, PLACE), 0.0
    made = {"a": [], "b": [], "c": [], "x": [], "y": []}
    for name, address, pause in steps:
        now += pause
        if attempts.take(name, address, now) == 0:
            made[name].append(now)
            made[address].append(now)
    for who, times in made.items():
        allowance = USER if who in "abc" else PLACE
        for first in range(len(times)):
            for last in range(first, len(times)):
                span = times[last] - times[first]
                assert last - first + 1 <= allowance.burst + span / allowance.every + 1e-6


@given(STEPS)
def test_whoever_waits_as_long_as_was_said_may_try_again(steps):
    attempts, now = Attempts(USER, PLACE), 0.0
    for name, address, pause in steps:
        now += pause
        wait = attempts.take(name, address, now)
        if wait > 0:
            now += wait + 1e-6
            assert attempts.take(name, address, now) == 0


@given(st.lists(st.text(max_size=5), max_size=200))
def test_only_so_many_are_remembered(names):
    attempts = Attempts(most=50)
    for at, name in enumerate(names):
        attempts.take(name, f"address {at}", 0.0)
    assert len(attempts._until) <= 50


@given(st.lists(st.floats(0, 4 * 3600), min_size=1, max_size=80))
def test_a_session_never_outlasts_its_idleness_or_its_week(pauses):
    sessions, now, seen = Sessions(lambda size: b"i" * size), 0.0, 0.0
    one = sessions.begin("ada", "m", now)
    for pause in pauses:
        now += pause
        if sessions.find(one, now) is not None:
            assert now < LONGEST
            assert now - seen < IDLE
            sessions.see(one, now)
            seen = now


@given(
    st.text() | st.from_regex(r"(localhost|127\.0\.0\.1|\[::1\])?.{0,3}(:\d{0,6})?", fullmatch=True)
)
def test_only_a_loopback_name_and_a_port_pass_for_this_machine(host):
    name, _, port = host.lower().rpartition(":") if not host.endswith("]") else (host, "", "")
    bare = name if port.isdecimal() and name and port.isascii() and len(port) <= 5 else host.lower()
    assert known(host, LOOPBACK) is (bare in LOOPBACK)
