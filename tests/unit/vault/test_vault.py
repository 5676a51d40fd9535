"""Secrets at rest: who can open them, what a lost key says, and that keys are replaced."""

import json
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import count

import pytest
from cryptography.fernet import Fernet

from segue.errors import ConfigError, StoreUnavailableError
from segue.secrets import write_file
from segue.vault import VARIABLE, Vault, find_secrets, make_key
from segue.vault.keys import read_keys


SECRET = "sk-live-9d3f"
ONE, TWO = make_key(), make_key()


@pytest.fixture
def vault(tmp_path):
    """``vault()`` has no key in its environment, ``vault(ONE, TWO)`` these."""
    return lambda *keys: Vault(tmp_path, {VARIABLE: ",".join(keys)})


def test_what_was_put_in_is_read_again(vault):
    vault().put({"loops.apiKey": SECRET, "b": "ünï"})
    assert [vault().read(name) for name in ("loops.apiKey", "b", "c")] == [SECRET, "ünï", None]
    assert vault().names() == ["b", "loops.apiKey"]


def test_nobody_else_reads_the_files_and_they_do_not_tell(vault, tmp_path):
    vault().put({"key": SECRET})
    files = [tmp_path / "vault.json", tmp_path / "vault.key"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert SECRET not in files[0].read_text()


@pytest.mark.parametrize("name", ["vault.json", "vault.key"])
def test_a_file_that_others_can_read_is_refused(vault, tmp_path, name):
    vault().put({"key": SECRET})
    (tmp_path / name).chmod(0o640)
    with pytest.raises(StoreUnavailableError, match=f"chmod 600 .*{name}"):
        vault().read("key")
    with pytest.raises(ConfigError, match="chmod 600"):
        find_secrets(tmp_path, {})


def test_the_key_of_the_environment_comes_first_and_is_kept_nowhere(vault, tmp_path):
    vault(ONE).put({"key": SECRET})
    assert vault(ONE).read("key") == SECRET
    assert not (tmp_path / "vault.key").exists()


def test_a_lost_key_is_told_in_one_sentence(vault, tmp_path):
    vault(ONE).put({"key": SECRET})
    with pytest.raises(ConfigError) as error:
        vault().read("key")
    assert str(error.value) == (
        f'the secret "key" of {tmp_path}/vault.json cannot be opened; bring back the key it was kept under'
        f" (SEGUE_VAULT_KEY or {tmp_path}/vault.key), or remove it and set it again"
    )


def test_another_key_opens_nothing(vault):
    vault(ONE).put({"key": SECRET})
    with pytest.raises(ConfigError, match="cannot be opened"):
        vault(TWO).read("key")


def test_a_lost_key_is_in_nobodys_way_who_does_not_need_it(vault):
    vault(ONE).put({"key": SECRET})
    find = vault().lookup()
    assert (find("other"), vault().names()) == (None, ["key"])


def test_no_new_key_is_made_beside_secrets_that_it_does_not_open(vault, tmp_path):
    vault(ONE).put({"key": SECRET})
    with pytest.raises(ConfigError, match=r"1 secret of .* cannot be opened"):
        vault().put({"other": "x"})
    assert not (tmp_path / "vault.key").exists()
    assert vault().remove("key")
    vault().put({"other": "x"})
    assert vault().read("other") == "x"


def test_a_secret_does_not_pass_for_another(vault, tmp_path):
    """Also not for whoever can write the file."""
    vault().put({"live": SECRET, "test": "harmless"})
    file = tmp_path / "vault.json"
    sealed = json.loads(file.read_text())
    file.write_text(json.dumps({"live": sealed["live"], "test": sealed["live"]}))
    with pytest.raises(ConfigError, match='the secret "test"'):
        vault().read("test")


@pytest.mark.parametrize("at", [0, 9, 40, -1], ids=["version", "iv", "text", "hmac"])
def test_a_damaged_secret_is_none(vault, tmp_path, at):
    """A bit of the bytes is turned: the last letter of Base64 has some that mean nothing."""
    vault().put({"key": SECRET})
    file = tmp_path / "vault.json"
    sealed = bytearray(urlsafe_b64decode(json.loads(file.read_text())["key"]))
    sealed[at] ^= 1
    file.write_text(json.dumps({"key": urlsafe_b64encode(sealed).decode()}))
    with pytest.raises(ConfigError, match="cannot be opened"):
        vault().read("key")


def test_the_key_in_the_file_is_replaced(vault, tmp_path):
    vault().put({"a": SECRET, "b": "x"})
    before = json.loads((tmp_path / "vault.key").read_text())["keys"]
    assert vault().rotate() == 2
    after = json.loads((tmp_path / "vault.key").read_text())["keys"]
    assert (len(after), set(after) & set(before)) == (1, set())
    assert [vault().read("a"), vault().read("b")] == [SECRET, "x"]


def test_the_keys_of_the_environment_are_replaced_one_after_the_other(vault):
    vault(ONE).put({"key": SECRET})
    vault(TWO, ONE).rotate()
    assert vault(TWO).read("key") == SECRET


def test_secrets_move_from_the_file_s_key_to_the_environment_s(vault, tmp_path):
    vault().put({"key": SECRET})
    assert vault(ONE).read("key") == SECRET
    vault(ONE).rotate()
    (tmp_path / "vault.key").unlink()
    assert vault(ONE).read("key") == SECRET


@pytest.mark.parametrize("writes", range(3))
def test_a_rotation_that_is_cut_off_loses_nothing(tmp_path, writes):
    """Whichever of its writes is the first that does not happen."""
    Vault(tmp_path, {}).put({"key": SECRET})
    done = count()

    def write(path, value):
        if next(done) == writes:
            raise StoreUnavailableError("cut off")
        write_file(path, value)

    with pytest.raises(StoreUnavailableError):
        Vault(tmp_path, {}, write=write).rotate()
    assert Vault(tmp_path, {}).read("key") == SECRET


def test_nothing_is_rotated_when_a_secret_cannot_be_opened(vault):
    vault(ONE).put({"key": SECRET})
    with pytest.raises(ConfigError, match='the secret "key"'):
        vault(TWO).rotate()
    assert vault(ONE).read("key") == SECRET


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("a b", "x", "no name"), ("", "x", "no name"), ("a}", "x", "no name"), ("a" * 201, "x", "no name"), ("a", "", "empty"),
        ("a", "\udc80", "not text"),
    ],
)  # fmt: skip
def test_what_could_not_be_used_is_not_taken(vault, name, value, said):
    with pytest.raises(ConfigError, match=said) as error:
        vault().put({"fine": SECRET, name: value})
    assert SECRET not in str(error.value)
    assert vault().names() == []


@pytest.mark.parametrize(
    "key",
    ["x", "é", ONE[:-2], f"{ONE},nonsense"],
    ids=["short", "not ascii", "cut off", "one is wrong"],  # each process makes a key of its own
)
def test_what_is_no_key_is_refused_and_not_shown(vault, key):
    with pytest.raises(ConfigError) as error:
        vault(key).read("any")
    assert (
        str(error.value)
        == 'SEGUE_VAULT_KEY holds something that is no key; "segue secret key" makes one'
    )


def test_the_vault_comes_before_the_plain_file(vault, tmp_path):
    plain = tmp_path / "secrets.json"
    plain.touch(0o600)
    plain.write_text('{"a": "plain", "b": "plain"}')
    vault().put({"a": "vault"})
    find = find_secrets(tmp_path, {})
    assert [find(name) for name in "abc"] == ["vault", "plain", None]


def test_no_vault_and_no_key_are_no_secrets(tmp_path):
    assert find_secrets(tmp_path / "none", {})("a") is None
    assert not (tmp_path / "none").exists()


def test_removing_tells_whether_there_was_one(vault):
    vault().put({"a": "x"})
    assert [vault().remove("a"), vault().remove("a")] == [True, False]


def test_nothing_prints_keys_or_values(vault, tmp_path):
    kept = vault(ONE)
    kept.put({"key": SECRET})
    shown = f"{kept!r} {read_keys(tmp_path, {VARIABLE: ONE})!r} {kept.lookup()!r}"
    assert (ONE in shown, SECRET in shown) == (False, False)


def test_a_new_key_is_one_of_fernets():
    assert Fernet(make_key())


def test_a_file_of_another_make_is_refused_and_left_as_it_is(tmp_path):
    Vault(tmp_path, {}).put({"key": "s3cret"})
    file = tmp_path / "vault.json"
    text = '{"version":2,"secrets":{"key":{"sealed":"x"}}}'
    file.write_text(text)
    for attempt in (Vault.names, Vault.lookup, lambda vault: vault.put({"other": "x"})):
        with pytest.raises(ConfigError, match="use the Segue that wrote it"):
            attempt(Vault(tmp_path, {}))
    assert file.read_text() == text
