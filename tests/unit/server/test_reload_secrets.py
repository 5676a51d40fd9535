"""A changed secret is another workspace, though its text is the same."""

import pytest

from segue.server.metrics import Meter
from segue.server.reload import Watch
from segue.server.revision import Standing
from segue.vault import Vault, secret_files
from segue.workspace.model import Workspace


@pytest.fixture
def noticed(tmp_path):
    """``noticed(change)`` is whether a change of files is one of secrets."""

    async def use(workspace):
        pass

    def noticed(change):
        standing = Standing(lambda: Workspace({}, {}))
        files = secret_files(tmp_path)
        watch = Watch(tmp_path / "segue.yaml", standing, use, Meter(), secrets=files)
        change()
        return watch._told_otherwise(watch._look())

    return noticed


def test_a_secret_that_is_set_is_noticed(noticed, tmp_path):
    assert noticed(lambda: Vault(tmp_path, {}).put({"a": "x"}))


def test_a_secret_that_is_set_again_is_noticed(noticed, tmp_path):
    Vault(tmp_path, {}).put({"a": "x"})
    assert noticed(lambda: Vault(tmp_path, {}).put({"a": "y"}))


def test_a_plain_file_of_secrets_is_noticed(noticed, tmp_path):
    assert noticed(lambda: (tmp_path / "secrets.json").write_text("{}"))


def test_a_changed_workspace_is_no_changed_secret(noticed, tmp_path):
    assert not noticed(lambda: (tmp_path / "segue.yaml").write_text("version: 1"))
