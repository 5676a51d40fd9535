"""The Loops sandbox: what is kept in a file, and what the package costs to import."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from segue.errors import ConfigError
from segue_actions.loops.sandbox import create_app


def everything(team):
    parts = (team.audience.all(), [*team.keys], team.properties, team.lists, team.events)
    return repr((*parts, [*team.receipts]))


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "team.db")


def test_a_file_brings_a_team_back_whole(loops, file):
    first = loops(db=file)
    first.update(
        email="a@x.io",
        userId="u1",
        plan="Pro",
        shoe=1,
        mailingLists={"clsandboxproductupdates01": True},
    )
    first.update(email="b@x.io", subscribed=False)
    first.event(key="k", userId="u1", eventName="e", eventProperties={"n": 1.5})
    first.send("POST", "/contacts/properties", {"name": "shoe", "type": "number"})
    first.send("POST", "/contacts/delete", {"email": "b@x.io"})
    first.app.state.close()
    second = loops(db=file)
    for key in first.team.keys:
        key.used = None  # not worth a write at every request
    assert everything(second.team) == everything(first.team)
    assert second.event(key="k", userId="u1", eventName="e").status_code == 409


def test_a_revoked_key_stays_revoked(loops, file):
    first = loops(db=file)
    [key] = first.team.keys
    first.team.keys.revoke(key.id)
    first.app.state.close()
    assert loops(db=file).send("GET", "/lists").status_code == 401


def test_old_receipts_leave_the_file_too(loops, file):
    first = loops(db=file, history=2)
    for _ in range(5):
        first.event(email="a@x.io", eventName="e")
    first.app.state.close()
    assert [one.id for one in loops(db=file).team.receipts] == [4, 5]


def test_what_was_answered_survives_a_killed_process(loops, file):
    script = """
        import sys, os, signal, asyncio, httpx
        from segue_actions.loops.sandbox import DEMO_KEY, create_app
        async def main():
            transport = httpx.ASGITransport(create_app(db=sys.argv[1], rate=0))
            headers = {"authorization": f"Bearer {DEMO_KEY}"}
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
                for number in range(20):
                    await client.put("/api/v1/contacts/update", json={"email": f"a{number}@x.io"})
            os.kill(os.getpid(), signal.SIGKILL)
        asyncio.run(main())
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script), file], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(loops(db=file).team.audience) == 20


def test_a_file_in_use_is_refused(loops, file):
    loops(db=file)
    with pytest.raises(ConfigError, match="in use by another process"):
        create_app(db=file)


def test_a_file_of_another_program_is_left_alone(file):
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = Path(file).read_bytes()
    with pytest.raises(ConfigError, match="not a file of this sandbox"):
        create_app(db=file)
    assert Path(file).read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("shopping: milk\n" * 100)
    with pytest.raises(ConfigError, match="cannot be used"):
        create_app(db=str(path))
    assert path.read_text() == "shopping: milk\n" * 100


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nowhere"):
        create_app(db=str(tmp_path / "nowhere" / "team.db"))


def test_importing_the_package_loads_no_web_framework():
    script = """
        import sys, segue_actions.loops.sandbox as sandbox
        print(sandbox.DEMO_KEY, sorted({"starlette", "jinja2", "uvicorn"} & {*sys.modules}))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "loops_sandbox_key []\n"


def test_the_package_has_nothing_else_to_offer():
    from segue_actions.loops import sandbox

    with pytest.raises(AttributeError, match="create_ap"):
        sandbox.create_ap  # noqa: B018
