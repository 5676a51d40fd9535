"""The console beside ``segue serve``, and by itself: it fails alone, and ends with whom it belongs to."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from browsing import ADA
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from running import KEY, until


TRACK = {"type": "track", "userId": "u1", "event": "Signed Up"}


@pytest.fixture
def served(start):
    """A running ``segue serve`` with a console on any port."""
    return start("--console-port", "0")


def console(running):
    """The console's address."""
    (url,) = [one["url"] for one in running.records() if one["message"] == "serving the console"]
    return url


def answers(url, path="/connections"):
    """Whether a page comes."""
    with suppress(httpx.TransportError):
        return httpx.get(url + path, trust_env=False, timeout=20).status_code == 200
    return False


def child(running):
    """The console's process."""
    tasks = Path(f"/proc/{running.process.pid}/task").glob("*/children")
    known = [int(one) for task in tasks for one in task.read_text().split()]
    return next((one for one in known if "console" in words(one)), None)


def words(pid):
    """The arguments of a process, none for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def taken(running):
    return running.http.post("/v1/track", json=TRACK).status_code == 200


def notes(running):
    return running.http.get("/healthz").json()["notes"]


def test_the_console_is_served_beside_and_ends_with_it(served):
    url = console(served)
    until(lambda: answers(url))
    pid = child(served)
    assert served.end() == 0
    assert "console" not in words(pid)
    assert not answers(url)


def test_a_console_that_dies_is_started_again_and_delays_no_event(served):
    url = console(served)
    until(lambda: answers(url))
    first = child(served)
    os.kill(first, signal.SIGKILL)
    until(lambda: any("was ended by SIGKILL" in one for one in notes(served)))
    assert taken(served)
    until(lambda: child(served) not in {None, first})
    until(lambda: answers(url))
    assert notes(served) == []


def test_a_console_never_outlives_a_process_that_was_killed(served):
    until(lambda: answers(console(served)))
    pid = child(served)
    served.process.kill()
    served.process.wait()
    until(lambda: "console" not in words(pid))


def test_where_the_port_is_taken_events_are_served_without_a_console(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        running = start("--console-port", str(other.getsockname()[1]))
        assert taken(running)
        (note,) = notes(running)
    assert re.fullmatch(
        r"the console is not served: cannot listen on 127\.0\.0\.1:\d+: Address already in use",
        note,
    )
    assert running.http.get("/healthz").status_code == 200


def test_without_a_console_there_is_no_process_beside(start):
    running = start("--no-console")
    assert taken(running)
    assert child(running) is None


def test_a_console_by_itself_reads_the_folder_and_ends_when_told(folder, environ, tmp_path):
    command = [sys.executable, "-u", "-m", "segue", "console", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
            assert "loops" in httpx.get(f"{url}/connections", trust_env=False, timeout=20).text
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_on_a_network_it_speaks_https_and_asks_who_is_there(folder, environ, segue):
    given = ("--host", "0.0.0.0", "--name", "localhost", "--port", "0", *certificate(folder))
    assert "segue console user add NAME" in segue("console", *given).stderr
    assert segue("console", "user", "add", "ada", input=ADA).returncode == 0
    command = [sys.executable, "-u", "-m", "segue", "console", *given]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = re.search(r"https://0\.0\.0\.0:(\d+)", process.stdout.readline())[1]
            trust = ssl.create_default_context(cafile=folder / "cert.pem")
            with httpx.Client(verify=trust, trust_env=False, timeout=20) as browser:
                page = browser.get(f"https://localhost:{port}/events", follow_redirects=True)
        finally:
            process.terminate()
    assert (page.url.path, page.status_code) == ("/login", 200)
    assert page.headers["set-cookie"].startswith("__Host-segue_console_login=")


def certificate(folder):
    """The options for a certificate of localhost, made here."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(plain)
    return "--tls-cert", "cert.pem", "--tls-key", "key.pem"


def test_the_first_account_closes_a_running_console(served, segue):
    url = console(served)
    until(lambda: answers(url))
    assert segue("console", "user", "add", "ada", input=ADA).returncode == 0
    with httpx.Client(base_url=url, trust_env=False, timeout=20, follow_redirects=True) as browser:
        page = browser.get("/connections")
        assert page.url.path == "/login"
        token = re.search(r'name="token" value="(\w+)"', page.text)[1]
        form = {"name": "ada", "password": ADA, "token": token, "next": "/connections"}
        page = browser.post("/login", data=form, headers={"origin": url})
        assert (page.url.path, page.status_code) == ("/connections", 200)
        assert segue("console", "user", "remove", "ada").returncode == 0
    assert KEY not in served.log.read_text()
    assert ADA not in served.log.read_text()


def test_the_demo_stays_with_a_console_that_knows_its_story(environ, tmp_path):
    command = [sys.executable, "-u", "-m", "segue", "demo", "--port", "0"]
    room = tmp_path / "room"
    room.mkdir()
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**environ, "TMPDIR": str(room)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = next(line for line in process.stdout if "Console" in line)
            url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
            until(lambda: answers(url))
            page = httpx.get(f"{url}/deliveries", trust_env=False, timeout=20).text
            assert "usr_4821" in page
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()
        assert process.wait(20) == 0
    assert list(room.iterdir()) == []


def test_an_event_goes_the_way_of_an_edit_as_soon_as_its_page_comes(served):
    url = console(served)
    until(lambda: answers(url))
    at = "/connections/loops/mappings"
    with httpx.Client(base_url=url, trust_env=False, timeout=20, follow_redirects=True) as browser:
        token = re.search(r'name="token" value="([^"]+)"', browser.get(at).text)[1]
        for number, way in enumerate(("disable", "enable") * 3):
            said = browser.post(
                f"{at}/events/{way}", data={"token": token}, headers={"origin": url}
            )
            assert f"events is {way}d.<" in said.text
            event = {**TRACK, "messageId": f"m{number}"}
            assert served.send(event).status_code == 200
        found = browser.get("/deliveries").text
    assert found.count('href="/deliveries/') == 3
