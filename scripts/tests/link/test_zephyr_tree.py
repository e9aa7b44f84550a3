# SPDX-License-Identifier: Apache-2.0
"""The demo finds a Zephyr tree as Zephyr's own tools do, gets one, or says in seconds why not."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tintin.demo import workspace, zephyr
from tintin.demo.errors import DemoError, NoZephyrError

REMOTE = """manifest:
  remotes:
    - name: here
      url-base: {url}
  projects:
    - name: zephyr
      remote: here
      revision: v3.7.1
      import:
        name-allowlist: [cmsis]
  self:
    path: tintin
    west-commands: scripts/west-commands.yml
"""
UPSTREAM = """manifest:
  remotes:
    - name: here
      url-base: {url}
  projects:
    - name: cmsis
      remote: here
      revision: main
    - name: not-needed
      remote: here
      revision: main
"""


@pytest.fixture(autouse=True)
def _nothing_of_this_computer(monkeypatch, tmp_path):
    for name in ("ZEPHYR_BASE", "ZEPHYR_TOOLCHAIN_VARIANT", "ZEPHYR_SDK_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")


def tree(folder):
    """What is looked for in a Zephyr tree."""
    (folder / "cmake").mkdir(parents=True)
    (folder / "VERSION").write_text("VERSION_MAJOR = 3\n")
    return folder


def register(tmp_path, base):
    """As `west zephyr-export` does."""
    registry = tmp_path / "home" / ".cmake" / "packages" / "Zephyr"
    registry.mkdir(parents=True)
    (registry / "0123abcd").write_text(f"{base}/share/zephyr-package/cmake\n")


def test_without_any_there_is_none(tmp_path):
    assert zephyr.find(tmp_path) is None


def test_the_environment_comes_first(tmp_path, monkeypatch):
    chosen = tree(tmp_path / "chosen")
    (tmp_path / "ws" / ".west").mkdir(parents=True)
    tree(tmp_path / "ws" / "zephyr")
    monkeypatch.setenv("ZEPHYR_BASE", str(chosen))
    assert zephyr.find(tmp_path / "ws").base == chosen


def test_a_workspace_around_the_checkout_is_found(tmp_path):
    (tmp_path / "ws" / ".west").mkdir(parents=True)
    base = tree(tmp_path / "ws" / "zephyr")
    (tmp_path / "ws" / "tintin" / "app").mkdir(parents=True)
    found = zephyr.find(tmp_path / "ws" / "tintin" / "app")
    assert (found.base, found.workspace) == (base, tmp_path / "ws")


def test_a_registered_tree_is_found(tmp_path):
    base = tree(tmp_path / "elsewhere" / "zephyr")
    register(tmp_path, base)
    assert zephyr.find(tmp_path).base == base


def test_an_entry_that_leads_nowhere_is_passed_over(tmp_path):
    register(tmp_path, tmp_path / "deleted" / "zephyr")
    assert zephyr.find(tmp_path) is None


def test_a_zephyr_base_that_leads_nowhere_is_passed_over_aloud(tmp_path, monkeypatch, capsys):
    (tmp_path / "ws" / ".west").mkdir(parents=True)
    base = tree(tmp_path / "ws" / "zephyr")
    monkeypatch.setenv("ZEPHYR_BASE", str(tmp_path / "deleted"))
    assert zephyr.find(tmp_path, tmp_path / "ws").base == base
    said = capsys.readouterr().err
    assert said == f"ZEPHYR_BASE is passed over: no Zephyr tree in {tmp_path / 'deleted'}\n"


def test_debians_compiler_is_the_default_toolchain(tmp_path, monkeypatch):
    compiler = tmp_path / "usr" / "bin" / "arm-none-eabi-gcc"
    compiler.parent.mkdir(parents=True)
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", str(compiler.parent))
    environment = zephyr.Zephyr(tmp_path).environment()
    assert environment["ZEPHYR_TOOLCHAIN_VARIANT"] == "gnuarmemb"
    assert environment["GNUARMEMB_TOOLCHAIN_PATH"] == str(tmp_path / "usr")
    assert environment["ZEPHYR_BASE"] == str(tmp_path)


def test_the_users_toolchain_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("ZEPHYR_TOOLCHAIN_VARIANT", "zephyr")
    monkeypatch.delenv("GNUARMEMB_TOOLCHAIN_PATH", raising=False)
    environment = zephyr.Zephyr(tmp_path).environment()
    assert environment["ZEPHYR_TOOLCHAIN_VARIANT"] == "zephyr"
    assert "GNUARMEMB_TOOLCHAIN_PATH" not in environment


def test_a_build_that_fails_names_its_log(tmp_path):
    out = tmp_path / "build" / "app"
    with pytest.raises(DemoError, match=str(out.with_suffix(".log"))):
        zephyr.build(zephyr.Zephyr(tree(tmp_path / "zephyr")), tmp_path, out)
    assert out.with_suffix(".log").stat().st_size > 0


def git(folder, *words):
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def repository(folder):
    """Commit what lies in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README").write_text("here\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")


@pytest.fixture(name="remote")
def _remote(tmp_path):
    """A remote with a small Zephyr of two commits, and modules; its URL."""
    base = tmp_path / "remote" / "zephyr"
    tree(base)
    url = f"file://{tmp_path}/remote"
    (base / "west.yml").write_text(UPSTREAM.format(url=url))
    (base / "cmake" / "here").write_text("")
    repository(base)
    git(base, "commit", "-q", "--allow-empty", "-m", "second")
    git(base, "tag", "v3.7.1")
    repository(tmp_path / "remote" / "cmsis")
    return url


def checkout(tmp_path, url):
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "west.yml").write_text(REMOTE.format(url=url))
    return root


def test_a_tree_is_fetched_narrowly_and_with_the_modules_of_the_list_alone(tmp_path, remote):
    root = checkout(tmp_path, remote)
    said = []
    fetched = workspace.fetch(root, said.append)
    assert zephyr.find(root / "deps") == fetched
    assert fetched.workspace == root / "deps"
    assert (root / "deps" / "cmsis" / "README").is_file()
    assert not (root / "deps" / "not-needed").exists()
    log = ["git", "log", "--format=%s"]
    history = subprocess.run(log, cwd=fetched.base, check=True, capture_output=True, text=True)
    assert history.stdout.split() == ["second"]
    assert len(said) == 1


def test_without_qemu_nothing_is_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace, "PROGRAM", "no-such-emulator")
    with pytest.raises(NoZephyrError, match="no-such-emulator is not installed"):
        workspace.tree(checkout(tmp_path, "http://127.0.0.1:1"), lambda text: None)


def test_an_interrupted_fetch_goes_on(tmp_path, remote):
    root = checkout(tmp_path, remote)
    modules = tmp_path / "remote" / "cmsis"
    modules.rename(tmp_path / "aside")
    with pytest.raises(NoZephyrError, match="west update failed"):
        workspace.fetch(root, lambda text: None)
    (tmp_path / "aside").rename(modules)
    assert workspace.fetch(root, lambda text: None).base.is_dir()


def test_a_refused_connection_is_one_line_at_once(tmp_path):
    root = checkout(tmp_path, "http://127.0.0.1:1")
    began = time.monotonic()
    with pytest.raises(NoZephyrError, match="no network to http"):
        workspace.fetch(root, lambda text: None)
    assert time.monotonic() - began < workspace.LOOK
    assert not (root / "deps").exists()


def test_a_server_that_never_answers_is_given_up_within_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace, "LOOK", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        root = checkout(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(NoZephyrError, match="no network"):
            workspace.fetch(root, lambda text: None)
    assert time.monotonic() - began < 3


def test_the_projects_manifest_names_the_remote_that_is_looked_at():
    root = Path(__file__).parents[3]
    assert workspace._remote(root).startswith("https://")
    assert os.path.basename(workspace._remote(root)) == "zephyr"
