"""segue console: where it may be opened, and who may sign in."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from segue.cli import main
from segue.cli.console.beside import command as beside
from segue.cli.console.standing import Place
from segue.cli.setup import Setup
from segue.console.security import Accounts
from segue.console.security.passwords import opens
from segue.console.security.users import Account


GOOD = "tidal-cargo-lemur-31"
TLS = {"certificate": Path("cert.pem"), "key": Path("key.pem")}


@pytest.fixture
def segue(tmp_path):
    """``segue("user", "list")`` is what ``segue console user list`` comes to."""

    def run(*arguments, input=None):  # noqa: A002
        return CliRunner().invoke(
            main, ["--data", str(tmp_path), "console", *arguments], input=input
        )

    return run


@pytest.fixture
def with_account(tmp_path):
    Accounts(tmp_path).put("ada", "editor", "sealed", lambda size: b"x" * size)
    return tmp_path


# where


def test_on_this_machine_alone_everybody_may_open_it_until_there_is_an_account(tmp_path):
    door = Place().door(tmp_path, 8081)
    assert (door.unlocked, door.secure, door.cookie) == (True, False, "segue_console_8081")
    assert door.hosts == {"127.0.0.1", "localhost", "[::1]"}


@pytest.mark.parametrize(
    "place",
    [
        Place("0.0.0.0", ("c.example",), **TLS),
        Place("192.168.1.2", **TLS),
        Place(proxied=True),
        Place(names=("c.example",), insecure=True),
    ],
    ids=["any address", "an address", "a proxy", "a name"],
)
def test_where_others_reach_it_somebody_needs_an_account(tmp_path, place):
    with pytest.raises(click.UsageError, match="segue console user add NAME"):
        place.door(tmp_path, 8081)
    Accounts(tmp_path).put("ada", "editor", "sealed", lambda size: b"x" * size)
    assert not place.door(tmp_path, 8081).unlocked


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Place("192.168.1.2"), "passwords would be sent in clear"),
        (Place(names=("c.example",)), "passwords would be sent in clear"),
        (Place("0.0.0.0", insecure=True), "--name console.example.org"),
        (Place(names=("not a name",)), "no name of a host"),
        (Place(certificate=Path("c.pem")), "go together"),
    ],
)
def test_what_would_not_be_safe_is_refused(with_account, place, said):
    with pytest.raises(click.UsageError, match=said):
        place.door(with_account, 8081)


def test_plain_http_must_be_asked_for(with_account):
    door = Place("192.168.1.2", insecure=True).door(with_account, 8081)
    assert (door.secure, "192.168.1.2" in door.hosts) == (False, True)


def test_behind_a_proxy_the_cookie_is_for_https_and_the_proxy_is_believed(with_account):
    door = Place(names=("c.example",), proxied=True).door(with_account, 8081)
    assert (door.secure, door.forwarded, door.session_cookie) == (
        True,
        True,
        "__Host-segue_console",
    )


def test_another_name_of_this_machine_exposes_nothing(tmp_path):
    assert Place(names=("localhost:9999",)).door(tmp_path, 8081).unlocked


def test_the_refusal_is_an_exit_code_and_a_sentence(segue):
    answer = segue("--host", "10.0.0.1", "--behind-proxy")
    assert answer.exit_code == 2
    assert "segue console user add NAME" in answer.stderr


def test_a_console_beside_another_process_has_the_same_options(tmp_path):
    setup = Setup(Path("a.yaml"), Path("data"), Path("plugins"), ("slack",))
    assert list(beside(setup, 7, 8081, "http://127.0.0.1:1"))[1:] == [
        *("-P", "-m", "segue", "--workspace", "a.yaml", "--data", "data", "--plugins-dir", "plugins"),
        *("--block", "slack", "console", "--port", "8081", "--listener", "7"),
        *("--intake", "http://127.0.0.1:1"),
    ]  # fmt: skip


# who


def test_a_user_is_added_with_a_password_from_a_pipe(segue, tmp_path):
    answer = segue("user", "add", "Ada", "--role", "reader", input=GOOD + "\n")
    assert (answer.exit_code, answer.stderr) == (0, "ada may sign in, as reader\n")
    account = Accounts(tmp_path).find("ada")
    assert isinstance(account, Account)
    assert (account.role, opens(GOOD, account.password)) == ("reader", True)


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("eve", "short", "12 characters"),
        ("eve", "password1234", "among the first that are tried"),
        ("a b", GOOD, "cannot be a name"),
        ("local", GOOD, "cannot be a name"),
        ("ada", GOOD, "segue console user password"),
    ],
)
def test_what_would_be_no_account_is_refused(segue, with_account, name, password, said):
    answer = segue("user", "add", name, input=password)
    assert (answer.exit_code, said in answer.stderr) == (2, True)
    assert password not in answer.output


def test_users_are_listed(segue, with_account):
    assert segue("user", "list").stdout == "ada  editor\n"
    assert json.loads(segue("user", "list", "--json").stdout) == [{"name": "ada", "role": "editor"}]


def test_another_password_is_another_mark_and_the_same_role(segue, with_account):
    before = Accounts(with_account).find("ada")
    assert segue("user", "password", "ADA", input=GOOD).exit_code == 0
    after = Accounts(with_account).find("ada")
    assert (after.role, opens(GOOD, after.password)) == ("editor", True)
    assert after.mark != before.mark


def test_removing_the_last_user_says_what_that_means(segue, with_account):
    assert "everybody may open the console now" in segue("user", "remove", "ada").stderr
    assert 'no user is called "ada"' in segue("user", "remove", "ada").stderr
