# SPDX-License-Identifier: Apache-2.0
"""tintin data: from a server, here one on this computer, to the file that pretrain reads."""

from __future__ import annotations

import errno
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin.cli.app import app
from tintin.data.public import catalogue, download, gas, obtain
from tintin.data.public.archive import Originals
from tintin.data.public.contents import digest
from tintin.signals.recorded import gas as recorded_gas


def batches() -> dict[str, bytes]:
    """Four rows in every batch, of the form that UCI's have."""
    rng = np.random.default_rng(1)
    rows = [
        f"{gas_ + 1};10.0 " + " ".join(f"{i}:{v:.4f}" for i, v in enumerate(rng.normal(0, 9, 128)))
        for gas_ in range(4)
    ]
    return {f"top/batch{n}.dat": "\n".join(rows).encode() for n in gas.BATCHES}


def packed(content: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


class Handler(BaseHTTPRequestHandler):
    """Has one archive; /short breaks off in the middle of it."""

    archive = b""

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.archive)))
        self.end_headers()
        end = len(self.archive) // 2 if self.path == "/short" else None
        self.wfile.write(self.archive[:end])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(name="server")
def _server() -> Iterator[str]:
    Handler.archive = packed(batches())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch, server: str, tmp_path: Path) -> None:
    """The catalogue knows the server's archive; nothing of this computer counts."""
    content = batches()
    made = gas.convert(Originals(Path("x"), list(content), content.__getitem__))
    known = replace(catalogue.PUBLIC["gas"], url=f"{server}/gas.zip", contents=digest(made))
    monkeypatch.setitem(catalogue.PUBLIC, "gas", known)
    monkeypatch.delenv("TINTIN_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["data", *words])


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_set_is_downloaded_converted_and_then_found(tmp_path: Path) -> None:
    result = run("gas", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["there"], told["downloaded"]) == (True, True)
    assert left(tmp_path / "cache") == ["gas_drift_8of10.npz"]
    found = recorded_gas()  # nothing else says where it is
    assert len(found.readings) == 32
    assert found.label.tolist() == [0, 1, 2, 3] * 8
    again = json.loads(run("gas", "--json").stdout)
    assert (again["there"], again["downloaded"]) == (True, False)


def test_it_goes_where_the_environment_or_the_option_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINTIN_DATA", str(tmp_path / "mine"))
    assert run("gas").exit_code == 0
    assert run("gas", "--data-dir", "other").exit_code == 0
    for folder in ("mine", "other"):
        assert (tmp_path / folder / "gas_drift" / "gas_drift_8of10.npz").is_file()


def test_an_archive_that_was_fetched_by_other_means_does(tmp_path: Path) -> None:
    (tmp_path / "uci.zip").write_bytes(packed(batches()))
    assert run("gas", "--from", "uci.zip", "--data-dir", "d").exit_code == 0
    assert left(tmp_path / "d") == ["gas_drift_8of10.npz"]


def other_values() -> bytes:
    changed = batches()
    changed["top/batch9.dat"] = changed["top/batch9.dat"].replace(b"1;10.0", b"2;10.0")
    return packed(changed)


@pytest.mark.parametrize(
    ("path", "archive", "reason"),
    [
        ("missing", None, "404 Not Found"),
        ("short", None, r"broke off after [\d,]+ of [\d,]+ bytes"),
        ("gas.zip", b"<html>moved</html>", "not a zip, a tar or a folder; expected are batch1"),
        ("gas.zip", packed({"a.txt": b""}), "no files in it are called batch1.dat"),
        ("gas.zip", other_values(), "not the gas sensor drift data that is known here: SHA-256"),
    ],
)
def test_what_is_not_the_set_is_one_line_and_leaves_what_was_there(
    server: str, tmp_path: Path, path: str, archive: bytes | None, reason: str
) -> None:
    file = tmp_path / "d" / "gas_drift" / "gas_drift_8of10.npz"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"mine")
    if archive is not None:
        Handler.archive = archive
    result = run("gas", "--from", f"{server}/{path}", "--data-dir", "d")
    assert result.exit_code == 2
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("tintin:")]
    assert re.search(reason, line), line
    assert left(tmp_path / "d") == ["gas_drift_8of10.npz"]
    assert file.read_bytes() == b"mine"


def test_without_a_network_the_host_is_named(tmp_path: Path) -> None:
    result = run("gas", "--from", "http://127.0.0.1:1/gas.zip", "--data-dir", "d")
    assert result.exit_code == 2
    assert "no network to 127.0.0.1:1: Connection refused" in result.stderr


def test_a_full_disk_and_an_interruption_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(obtain, "write_atomically", full)
        result = run("gas", "--data-dir", "d")
    assert (result.exit_code, left(tmp_path / "d")) == (2, [])
    assert "No space left on device" in result.stderr

    def stopped(answer: object, file: Any, progress: object) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "_stream", stopped)
    result = run("gas", "--data-dir", "d")
    assert (result.exit_code, left(tmp_path / "d")) == (130, [])


def test_what_claims_to_be_huge_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LARGEST", 1000)
    result = run("gas", "--data-dir", "d")
    assert (result.exit_code, left(tmp_path / "d")) == (2, [])
    assert "not this data set" in result.stderr


def test_the_list_says_what_is_here_and_where_the_rest_is_from(tmp_path: Path) -> None:
    run("gas", "--data-dir", "d")
    told = json.loads(run("--data-dir", "d", "--json").stdout)
    assert [key for key, values in told.items() if values["there"]] == ["gas"]
    assert told["words"]["url"].startswith("https://github.com/Jakobovski/")


def test_pretrain_without_data_names_the_command_and_the_source() -> None:
    result = CliRunner().invoke(app, ["pretrain", "words", "--data-dir", "nowhere"])
    assert result.exit_code == 2
    assert "`tintin data words` downloads it (github.com/Jakobovski/" in result.stderr


def test_a_file_that_was_damaged_here_is_brought_again(tmp_path: Path) -> None:
    assert run("gas", "--data-dir", "d").exit_code == 0
    file = tmp_path / "d" / "gas_drift" / "gas_drift_8of10.npz"
    whole = file.read_bytes()
    file.write_bytes(whole[:200] + bytes(64) + whole[264:])
    told = json.loads(run("gas", "--data-dir", "d", "--json").stdout)
    assert (told["there"], told["downloaded"]) == (True, True)
    assert file.read_bytes() == whole
