"""Passwords, accounts and sessions, each by itself."""

import stat
from base64 import b64decode

import pytest
from browsing import ADA, CHEAP, drawing, sealed

from segue.console.security import Accounts, open_door
from segue.console.security.hosts import LOOPBACK, local, named
from segue.console.security.passwords import COST, Cost, opens, seal, stale, weakness
from segue.console.security.sessions import Session, Sessions, read_sessions
from segue.errors import StoreUnavailableError


def test_a_password_is_kept_as_scrypt_makes_it():
    """The third test vector of RFC 7914, of which 32 bytes are kept."""
    made = seal("pleaseletmein", b"SodiumChloride", Cost(16384, 8, 1)).split("$")
    assert made[:4] == ["scrypt", "16384", "8", "1"]
    assert b64decode(made[5]).hex() == (
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    )


def test_a_guess_costs_what_is_recommended_for_so_much_memory():
    assert (COST.n * COST.r * 128, COST.p) == (33_554_432, 3)


def test_a_password_is_the_same_however_its_letters_are_put_together():
    assert opens("cafe\u0301 olé toujours", seal("caf\u00e9 ol\u00e9 toujours", b"s", CHEAP))


def test_a_password_kept_at_another_cost_is_stale():
    assert [stale(sealed(ADA), cost) for cost in (CHEAP, COST)] == [False, True]


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Passw0rd!2024", "qwertyuiop12", "123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "letmein-letmein",
        "Welcome2024!!", "correct horse battery staple", "iloveyou!!!!!", "Admin-Admin-1", "p@ssw0rd2025", "x" * 2000,
        "short-pass", "ada1234567890", "ada-ada-2025!!",
    ],
)  # fmt: skip
def test_a_password_that_is_tried_first_is_refused(password):
    assert weakness(password, "ada") is not None


@pytest.mark.parametrize(
    "password", [ADA, "gëspensterzug 4 uhr", "Zq8#mmV1!ttL0", "яблоко-туман-гвоздь"]
)
def test_other_passwords_are_taken(password):
    assert weakness(password, "ada") is None


def test_accounts_are_in_a_file_that_only_its_owner_reads(accounts, tmp_path):
    file = tmp_path / "console-users.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [(one.name, one.role) for one in Accounts(tmp_path).all().values()] == [
        ("ada", "editor"),
        ("bob", "reader"),
    ]


def test_no_account_tells_its_password(accounts):
    assert "scrypt" not in repr(accounts.find("ada"))


def test_removing_tells_whether_there_was_anybody(accounts):
    assert [accounts.remove("bob"), accounts.remove("bob")] == [True, False]
    assert list(accounts.all()) == ["ada"]


def test_a_password_that_was_changed_meanwhile_is_not_put_back(accounts):
    accounts.put("ada", "editor", "new", drawing())
    accounts.refresh("ada", "old", "old but dearer")
    assert accounts.find("ada").password == "new"


def test_accounts_that_make_no_sense_are_named(tmp_path):
    file = tmp_path / "console-users.json"
    file.write_text('{"ada": {"role": "king"}}')
    file.chmod(0o600)
    with pytest.raises(StoreUnavailableError, match="makes no sense of ada"):
        Accounts(tmp_path).all()


def test_a_user_has_so_many_sessions_and_the_latest_of_them(time):
    sessions = Sessions(drawing())
    ids = [sessions.begin("ada", "m", float(at)) for at in range(25)]
    assert [sessions.find(one, 30.0) is not None for one in ids] == [False] * 5 + [True] * 20


def test_only_so_many_sessions_are_remembered():
    sessions = Sessions(drawing())
    for number in range(1010):
        sessions.begin(f"u{number}", "m", 1.0)
    assert len(sessions.kept) == 1000


def test_sessions_are_written_without_their_ids_and_read_again():
    sessions = Sessions(drawing())
    one = sessions.begin("ada", "m", 1.0)
    data = sessions.data()
    assert one not in str(data)
    again = Sessions(drawing(), read_sessions({**data, "x": {"user": 1}, "y": None}))
    assert again.find(one, 2.0) == Session("ada", "m", 1.0, 1.0)


def test_a_damaged_list_of_sessions_is_none():
    assert read_sessions([1]) == {}


def test_use_is_written_down_every_five_minutes():
    sessions = Sessions(drawing())
    one = sessions.begin("ada", "m", 0.0)
    assert [sessions.see(one, at) for at in (299.0, 300.0, 599.0, 600.0)] == [False, True] * 2


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
        ("192.168.1.2", False), ("console.example", False), ("", False),
    ],
)  # fmt: skip
def test_what_can_be_reached_from_this_machine_only(address, here):
    assert local(address) is here


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("A.example:80", "a.example"),
        ("[::1]:8", "[::1]"),
        ("a b", None),
        ("a:b", None),
        ("a/b", None),
        ("a@b", None),
    ],
)
def test_a_host_has_a_name(host, name):
    assert named(host) == name


def test_a_door_has_the_same_key_after_a_restart(tmp_path):
    keys = [open_door(tmp_path, LOOPBACK, unlocked=True).key for _ in range(2)]
    assert keys[0] == keys[1]


def test_a_damaged_key_is_replaced(tmp_path):
    file = tmp_path / "console-sessions.json"
    file.touch(0o600)
    file.write_text('{"key": "nonsense", "sessions": []}')
    assert len(open_door(tmp_path, LOOPBACK, unlocked=True).key) == 32


def test_a_door_makes_no_data_directory(tmp_path):
    assert open_door(tmp_path / "none", LOOPBACK, unlocked=True).everybody() is not None
    assert not (tmp_path / "none").exists()
