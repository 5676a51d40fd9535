"""A plugin whose import does not end is named, and given up."""

import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from segue import load_plugins
from segue.cli.patience import Patience, interrupt


ENDLESS = "import time\nwhile True:\n    time.sleep(0.01)\n"
IMPATIENT = """
    from segue.cli import main, patience, setup
    setup.PATIENT = patience.Patience(patience.PATIENT.say, patience.leave, {first}, {last})
    main(["--block", "segue", "--plugins-dir", "plugins", "actions"])
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "stuck.py").write_text(ENDLESS)
    return tmp_path


def started(folder, first, last):
    code = textwrap.dedent(IMPATIENT.format(first=first, last=last))
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, stderr=subprocess.PIPE, text=True
    )


def test_a_command_names_a_plugin_that_hangs_and_ends(folder):
    with started(folder, 0.1, 0.3) as process:
        said = process.stderr.read()
    named = 'plugin "stuck.py" (plugins/stuck.py)'
    assert process.returncode == 2
    assert f"segue: importing {named} takes longer than 0.1 s; it is at stuck.py:" in said
    assert f"segue: {named} is not imported after 0.3 s; it is at stuck.py:" in said
    assert said.endswith('correct it, or leave it out with --block "stuck.py"\n')


def test_ctrl_c_names_the_plugin_that_is_imported(folder):
    with started(folder, 0.1, 60) as process:
        assert "takes longer" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert said == 'segue: interrupted while plugin "stuck.py" (plugins/stuck.py) was imported\n'


def test_a_server_gives_up_the_import_and_goes_on(folder):
    said = []
    patience = Patience(said.append, interrupt, 0.05, 0.1)
    made = []
    thread = threading.Thread(
        target=lambda: made.append(
            load_plugins(folder=folder / "plugins", block=["segue"], watch=patience.watch)
        )
    )
    thread.start()
    thread.join(20)
    (problem,) = made[0].problems
    assert problem.plugin == "stuck.py"
    assert "is not imported after 0.1 s" in str(problem)
    assert [one.partition(";")[0] for one in said] == [
        f'importing plugin "stuck.py" ({folder}/plugins/stuck.py) takes longer than 0.05 s'
    ]


def test_a_quick_import_is_not_spoken_of(tmp_path):
    said = []
    (tmp_path / "quick.py").write_text("")
    load_plugins(folder=tmp_path, watch=Patience(said.append, interrupt, 10, 20).watch)
    assert said == []
