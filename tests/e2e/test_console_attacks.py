"""The running console under attack: nothing is lost without being told, nothing hangs, nothing leaks."""

import html
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Timer
from urllib.parse import unquote

import httpx
import pytest
from forms import filled
from running import until

from segue import load_plugins
from segue.workspace import parse_workspace


KEY = "s3cret/of+loops=1"
MAPPINGS = 4
WORKSPACE = """\
# what goes where
version: 1
sources:
  web: {write_key: wk_web}
connections:
  loops:
    destination: loops
    base_url: http://127.0.0.1:9/api/v1
    settings: {apiKey: "s3cret/of+loops=1"}
    sources: [web]
    mappings:
"""
MAPPING = """\
      # mapping {0}
      m{0}:
        action: sendEvent   # comment {0}
        trigger: event = "start"
        enabled: false
"""


@pytest.fixture
def folder(folder):
    made = (MAPPING.format(number) for number in range(MAPPINGS))
    (folder / "segue.yaml").write_text(WORKSPACE + "".join(made))
    return folder


class Person:
    """Somebody with a browser: fills in the forms of a console, and reads what comes of it."""

    def __init__(self, url):
        self.url = url
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=60)
        self.http.headers["connection"] = "close"

    def get(self, path):
        return self.http.get(path)

    def post(self, path, form):
        return self.http.post(path, data=form, headers={"origin": self.url})

    def edit(self, mapping, trigger, form=None):
        """Save a mapping with another trigger, as its page is now or as it was."""
        at = f"/connections/loops/mappings/{mapping}"
        shown = form or filled(self.get(at).text)
        return self.post(at, {**shown, "trigger": trigger, "do": "save"})

    def token(self):
        return re.search(r'name="token" value="(\w+)"', self.get("/sources").text)[1]


def console(running):
    """A person at the console of a running server, as soon as it answers."""

    def find():
        said = [one for one in running.records() if one["message"] == "serving the console"]
        with suppress(httpx.TransportError):
            return said and httpx.get(f"{said[0]['url']}/login", trust_env=False, timeout=20)

    return Person(str(until(find).url).removesuffix("/login"))


def prose(answer):
    """The text of a page."""
    main = answer.text.split("<main", 1)[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def leftovers(folder):
    """What a write that was cut off would leave behind."""
    return [
        str(one.relative_to(folder))
        for one in folder.rglob("*")
        if one.suffix == ".new" or one.name.startswith((".segue.yaml.", "tmp"))
    ]


# saving


def save_often(url, name, answers):
    """Save a mapping four times, over whatever others have saved; the last trigger."""
    person = Person(url)
    for number in range(4):
        wanted = f'event = "{name} {number}"'
        answer = person.edit(name, wanted)
        while answer.status_code == 409:
            answers.append(409)
            assert "The file was changed meanwhile" in prose(answer)
            form = {**filled(answer.text), "do": "mine"}
            answer = person.post(f"/connections/loops/mappings/{name}", form)
        answers.append(answer.status_code)
    return wanted


def read_until(ended, file):
    """Load a file again and again; it raises where it cannot be loaded."""
    catalogue, looks = load_plugins(), 0
    while not ended.is_set():
        parse_workspace(file.read_text(), catalogue, environ={})
        looks += 1
    return looks


def test_of_many_who_save_at_once_each_is_in_the_file_or_was_shown_a_conflict(start, folder):
    url, file = console(start("--console-port", "0")).url, folder / "segue.yaml"
    answers, ended, names = [], Event(), [f"m{number}" for number in range(MAPPINGS)]
    with ThreadPoolExecutor(MAPPINGS + 1) as people:
        looks = people.submit(read_until, ended, file)
        saves = [people.submit(save_often, url, name, answers) for name in names]
        wanted = [one.result() for one in saves]
        ended.set()
    text = file.read_text()
    assert [one for one in wanted if one not in text] == []
    assert Counter(answers)[303] == 4 * MAPPINGS
    assert set(answers) <= {303, 409}
    assert looks.result() > 0
    assert text.count("# comment") + text.count("# mapping") == 2 * MAPPINGS


@pytest.fixture
def disk(tmp_path):
    """``fill()`` fills a small disk, mounted here, to its last byte, and gives what makes room again."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.getuid() or subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("only root can mount a small disk")

    def fill():
        with (place / "ballast").open("wb", 0) as ballast, suppress(OSError):
            while ballast.write(b"0" * 4096):
                pass
        return (place / "ballast").unlink

    with ExitStack() as ends:
        ends.callback(subprocess.run, ["umount", "--lazy", str(place)], check=True)
        fill.place = place
        yield fill


def test_on_a_full_disk_a_save_says_what_to_do_and_nothing_is_lost(start, folder, disk):
    text = (folder / "segue.yaml").read_text()
    file = disk.place / "segue.yaml"
    file.write_text(text)
    person = console(start("--workspace", str(file), "--data", "disk/data", "--console-port", "0"))
    assert person.edit("m0", 'event = "kept"').status_code == 303
    before, form = file.read_bytes(), filled(person.get("/connections/loops/mappings/m0").text)
    plain = {"token": person.token(), "revision": form["revision"]}
    settings = {**plain, "concurrency": "7", "sources_shown": "yes", "source": "web"}
    make_room = disk()

    page = person.edit("m0", 'event = "typed"', form)
    assert page.status_code == 422
    assert "cannot be written: No space left on device; make room on its disk" in prose(page)
    assert filled(page.text)["trigger"] == 'event = "typed"'
    for secret, said in (("", "cannot be written: No space left"), ("n3w", "No space left")):
        page = person.post("/connections/loops/settings", {**settings, "setting-0": secret})
        assert (page.status_code, 'value="7"' in page.text) == (422, True)
        assert said in prose(page)
    assert "No space left" in prose(person.post("/connections/loops/mappings/m1/enable", plain))
    assert file.read_bytes() == before
    assert leftovers(disk.place) == []
    assert "Change mapping loops/m0" in prose(person.get("/history"))

    make_room()
    assert person.edit("m0", 'event = "typed"', form).status_code == 303
    assert 'event = "typed"' in file.read_text()


# the server behind it


def test_of_a_server_that_was_stopped_every_page_comes_and_says_so_until_it_goes_on(start):
    running = start("--console-port", "0")
    person = console(running)
    running.process.send_signal(signal.SIGSTOP)
    try:
        for path in ("/connections", "/connections/loops", "/deliveries", "/history"):
            assert person.get(path).status_code == 200
        page = person.get("/events")
        assert (page.status_code, page.elapsed.seconds < 20) == (200, True)
        assert "does not answer; it may be very busy, or stopped" in prose(page)
        assert person.edit("m0", 'event = "meanwhile"').status_code == 303
    finally:
        running.process.send_signal(signal.SIGCONT)
    held = person.post("/connections/loops/hold", {"token": person.token(), "why": "tried"})
    assert "It is held" in unquote(held.headers["set-cookie"])
    assert "does not answer; it" not in prose(person.get("/events"))


# whoever can reach it


def test_what_never_ends_is_ended_and_the_console_stays_usable(start):
    person = console(start("--console-port", "0"))
    port = httpx.URL(person.url).port
    with ExitStack() as ends:
        for number in range(300):
            one = ends.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall(b"GET / HTTP/1.1\r\nX-A: " if number % 2 else b"")
        endless = ends.enter_context(socket.create_connection(("127.0.0.1", port)))
        with suppress(OSError):
            for _ in range(100):
                endless.sendall(b"a" * 100_000)
            pytest.fail("ten megabytes of a head were taken")
        assert person.get("/connections").status_code == 200


ODD = [
    ("GET /connections HTTP/1.1\r\nHost: evil.example", 421),
    ("GET /connections HTTP/1.1\r\nHost: localhost\r\nHost: localhost", 421),
    ("GET http://localhost/connections HTTP/1.1\r\nHost: evil.example", 421),
    ("GET /connections HTTP/1.0", 421),
    ("POST /connections/loops/hold HTTP/1.1\r\nHost: localhost\r\nOrigin: null", 403),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", 400),
    ("TRACE / HTTP/1.1\r\nHost: localhost", 405),
]


def test_a_request_that_no_browser_of_ours_makes_is_refused(start):
    port = httpx.URL(console(start("--console-port", "0")).url).port
    found = []
    for head, _ in ODD:
        with socket.create_connection(("127.0.0.1", port)) as talk:
            talk.settimeout(20)
            talk.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
            found.append((head, int(talk.makefile("rb").readline().split()[1])))
    assert found == ODD


# its own end


@contextmanager
def alone(folder, environ):
    """A ``segue console`` by itself: its process, and a person at it."""
    command = [sys.executable, "-u", "-m", "segue", "console", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            yield process, Person(found[0])
        finally:
            process.kill()


@pytest.mark.parametrize("saves", [1, 4])
def test_a_console_that_is_killed_while_it_saves_leaves_the_old_file_or_the_new_one(
    folder, environ, saves
):
    file, wanted = folder / "segue.yaml", ['event = "start"']
    with alone(folder, environ) as (process, person), suppress(httpx.TransportError):
        for number in range(1, 1_000):
            wanted.append(f'event = "{number}"')
            assert person.edit("m0", wanted[-1]).status_code == 303
            if number == saves:
                Timer(0.01 * saves, process.kill).start()
        pytest.fail("it was not killed")
    text = file.read_text()
    known = parse_workspace(text, load_plugins(), environ={}).connections["loops"].mappings
    assert len(known) == MAPPINGS
    assert wanted[-1] in text or wanted[-2] in text
    assert text.count("# comment") == MAPPINGS
