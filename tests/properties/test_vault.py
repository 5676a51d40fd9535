"""What holds of the vault, whatever is kept in it and in whichever order."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from segue.vault import VARIABLE, Vault, make_key


KEYS = [make_key() for _ in range(3)]
NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,4}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
STEPS = st.lists(
    st.tuples(st.just("put"), NAMES, VALUES)
    | st.tuples(st.just("remove"), NAMES)
    | st.tuples(st.just("rotate")),
    max_size=12,
)


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=25, deadline=None)
@given(STEPS, st.sampled_from([{}, {VARIABLE: KEYS[0]}]))
def test_a_vault_is_a_dictionary_whatever_is_rotated(steps, environ):
    with folder() as place:
        vault, model = Vault(place, environ), dict[str, str]()
        for what, *given in steps:
            if what == "put":
                vault.put({given[0]: given[1]})
                model[given[0]] = given[1]
            elif what == "remove":
                assert vault.remove(given[0]) is (model.pop(given[0], None) is not None)
            else:
                assert vault.rotate() == len(model)
        find = Vault(place, environ).lookup()
        assert vault.names() == sorted(model)
        assert {name: find(name) for name in vault.names()} == model


@settings(max_examples=15, deadline=None)
@given(st.lists(st.permutations(KEYS), min_size=1, max_size=5), VALUES)
def test_any_order_of_keys_that_has_the_last_first_key_still_opens(orders, value):
    with folder() as place:
        Vault(place, {VARIABLE: ",".join(orders[0])}).put({"a": value})
        last = orders[0][0]
        for order in orders:
            Vault(place, {VARIABLE: ",".join(order)}).rotate()
            last = order[0]
        assert Vault(place, {VARIABLE: last}).read("a") == value
