"""The file of secrets."""

import pytest

from segue import ConfigError
from segue.workspace import read_secrets


@pytest.fixture
def secrets(tmp_path):
    """``secrets(text)`` writes the file, readable by its owner only."""
    file = tmp_path / "secrets.json"

    def secrets(text, mode=0o600):
        file.write_text(text)
        file.chmod(mode)
        return file

    return secrets


def test_a_secret_is_found_by_its_name(secrets):
    look_up = read_secrets(secrets('{"crm": "s3cret", "port": 80}'))
    assert (look_up("crm"), look_up("port"), look_up("other")) == ("s3cret", None, None)


def test_without_a_file_there_are_no_secrets(tmp_path):
    assert read_secrets(tmp_path / "secrets.json")("crm") is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610])
def test_a_file_that_others_may_use_is_refused(secrets, mode):
    file = secrets("{}", mode)
    with pytest.raises(ConfigError) as caught:
        read_secrets(file)
    assert str(caught.value) == f"{file}: others can read this file of secrets; chmod 600 {file}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "the secrets should be one JSON object of names and texts"),
        ("s3cret", "the secrets are not JSON: "),
    ],
)
def test_a_file_that_is_no_json_object_is_refused_and_not_shown(secrets, text, reason):
    with pytest.raises(ConfigError, match=reason) as caught:
        read_secrets(secrets(text))
    assert "s3cret" not in str(caught.value)


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(ConfigError, match="the secrets cannot be read: Is a directory"):
        read_secrets(tmp_path)
