"""The reference implementation as npm has it, installed beside this file from ``package-lock.json``."""

import json
import shutil
import subprocess

from worker import HERE, Worker


MODULES = HERE / "node_modules"
INSTALLED = MODULES / ".package-lock.json"  # what npm itself keeps of an install
CORE = "@segment/actions-core"


def absent() -> str | None:
    """Why the reference implementation cannot run here, after trying to install it."""
    missing = [tool for tool in ("node", "npm") if not shutil.which(tool)]
    if missing:
        return f"{' and '.join(missing)} not found"
    return None if current() else install()


def current() -> bool:
    lock = HERE / "package-lock.json"
    return INSTALLED.exists() and INSTALLED.stat().st_mtime >= lock.stat().st_mtime


def install() -> str | None:
    print("Installing the reference implementation with npm …", flush=True)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=HERE, text=True, capture_output=True, check=False)
    return f"npm ci failed: {' '.join(done.stderr.split())[-400:]}" if done.returncode else None


def start() -> Worker:
    return Worker("The reference implementation", ["node", "peer.mjs"])


def versions() -> str:
    node = subprocess.run(["node", "--version"], text=True, capture_output=True, check=True).stdout
    core = json.loads((MODULES / CORE / "package.json").read_text())["version"]
    return f"Node {node.strip().removeprefix('v')} with {CORE} {core}"
