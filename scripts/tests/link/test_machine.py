# SPDX-License-Identifier: Apache-2.0
"""QEMU: started as Zephyr's board is, ended on every way out, and its flash outlives it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintin.link import FLASH_ADDRESS, FLASH_SIZE, LinkError, Qemu, qemu

RAM, FLASH = 0x20000000, 0
LOOP = b"\x00\xbf\xfd\xe7"  # nop; b .-2
# movs r0, #0x40; lsls r0, #12; adds r0, #0xc; lsls r0, #12; str r0, [r0]; b .-2: UART 0 for ever
TALK = b"\x40\x20\x00\x03\x0c\x30\x00\x03\x00\x60\xfd\xe7"
needs_qemu = pytest.mark.skipif(shutil.which(qemu.PROGRAM) is None, reason="no qemu-system-arm")


def segment(offset, address, in_file, size):
    return struct.pack("<8I", 1, offset, address, address, in_file, size, 5, 4)


def image(code=LOOP):
    """A Cortex-M program: a vector table, a loop, and an empty segment over the store's flash."""
    vectors = struct.pack("<II", RAM + 0x1000, FLASH + 8 + 1) + code
    head = struct.pack(
        "<16sHHIIIIIHHHHHH",
        *(b"\x7fELF\x01\x01\x01", 2, 40, 1, FLASH + 9, 52, 0, 0x5000200, 52, 32, 2, 0, 0, 0),
    )
    table = segment(116, FLASH, len(vectors), len(vectors))
    return head + table + segment(0, FLASH_ADDRESS, 0, FLASH_SIZE) + vectors


@pytest.fixture(name="elf")
def _elf(tmp_path):
    path = tmp_path / "zephyr.elf"
    path.write_bytes(image())
    return path


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_machine_is_zephyrs_qemu_cortex_m3_with_two_serial_ports(tmp_path):
    words = " ".join(qemu.command(Path("a.elf"), tmp_path, None))
    assert "-cpu cortex-m3 -machine lm3s6965evb" in words
    assert "-icount shift=6,align=off,sleep=on -rtc clock=vm" in words
    assert words.index(f"-serial unix:{tmp_path}/shell") < words.index(f"unix:{tmp_path}/sensor")
    assert words.endswith("-kernel a.elf")
    assert "loader" not in words


def test_saved_flash_is_loaded_where_the_store_lies(tmp_path):
    words = qemu.command(Path("a.elf"), tmp_path, Path("f.bin"))
    assert "loader,file=f.bin,addr=0x2000c000,force-raw=on" in words


def test_the_flash_lies_where_the_applications_devicetree_has_it():
    overlay = Path(__file__).parents[3] / "app" / "boards" / "qemu_cortex_m3.overlay"
    assert f"<{FLASH_ADDRESS:#x} DT_SIZE_K({FLASH_SIZE // 1024})>" in overlay.read_text()


def test_an_image_says_where_its_store_lies():
    assert qemu.store_region(image()) == (FLASH_ADDRESS, FLASH_SIZE)
    whole = bytearray(image())
    names = b"\0.text\0STORE\0"
    sections = [(1, 0x100, 0, 0x40), (7, 0x2000A000, 0, 0x6000), (0, 0, len(whole), len(names))]
    struct.pack_into("<I", whole, 32, len(whole) + len(names))
    struct.pack_into("<3H", whole, 46, 40, len(sections), 2)
    rows = [(n, 1, 3, at, offset, size, 0, 0, 1, 0) for n, at, offset, size in sections]
    whole += names + b"".join(struct.pack("<10I", *row) for row in rows)
    assert qemu.store_region(bytes(whole)) == (0x2000A000, 0x6000)
    assert qemu.store_region(bytes(whole[:-1])) == (FLASH_ADDRESS, FLASH_SIZE)


def test_an_empty_segment_does_not_hide_the_saved_flash():
    whole = image()
    loaded = qemu.loadable(whole)
    types = [struct.unpack_from("<I", loaded, at)[0] for at in (52, 84)]
    assert types == [1, 0]
    assert loaded[116:] == whole[116:]


@pytest.mark.parametrize("text", [b"", b"not an image at all", b"\x7fELF\x02" + bytes(60)])
def test_what_is_no_image_is_refused(tmp_path, text):
    path = tmp_path / "bad.elf"
    path.write_bytes(text)
    with pytest.raises(LinkError, match=r"not a 32-bit ELF|not installed"):
        Qemu(path)


@pytest.mark.parametrize("length", [53, 60, 84, 115])
def test_an_image_cut_short_is_refused(length):
    with pytest.raises(LinkError, match="damaged ELF image"):
        qemu.loadable(image()[:length])


@given(st.binary(min_size=48, max_size=200))
def test_whatever_follows_the_magic_bytes_is_no_crash(noise):
    with contextlib.suppress(LinkError):
        assert len(qemu.loadable(b"\x7fELF\x01" + noise)) == 5 + len(noise)


def test_a_machine_without_qemu_is_said(elf, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LinkError, match="qemu-system-arm is not installed"):
        Qemu(elf)


def test_a_machine_that_cannot_be_started_leaves_no_folder(elf, monkeypatch, tmp_path):
    def refuse(*words, **how):
        raise OSError("no more processes")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(OSError, match="no more processes"):
        Qemu(elf)
    assert list(tmp_path.glob("tintin-qemu-*")) == []


def test_a_missing_image_is_said():
    with pytest.raises(LinkError, match=r"build the application first|not installed"):
        Qemu(Path("/nowhere/zephyr.elf"))


@needs_qemu
def test_flash_outlives_the_process(elf):
    saved = bytes(range(256)) * (FLASH_SIZE // 256)
    with Qemu(elf, saved) as machine:
        kept = machine.flash()
    assert kept == saved


@needs_qemu
def test_a_new_machine_has_an_empty_flash(elf):
    with Qemu(elf) as machine:
        assert machine.flash() == bytes(FLASH_SIZE)


@needs_qemu
def test_two_machines_do_not_meet(elf):
    with Qemu(elf, b"\x01" * FLASH_SIZE) as one, Qemu(elf, b"\x02" * FLASH_SIZE) as two:
        assert (one.flash()[0], two.flash()[0]) == (1, 2)


@needs_qemu
def test_an_exception_ends_the_machine_and_clears_its_folder(elf):
    def fail(machine):
        seen.append((machine._process.pid, machine._folder))
        raise RuntimeError("on the way")

    seen = []
    with pytest.raises(RuntimeError, match="on the way"), Qemu(elf) as machine:
        fail(machine)
    (pid, folder) = seen[0]
    assert not alive(pid)
    assert not folder.exists()


@needs_qemu
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv: not Linux")
def test_a_killed_python_takes_its_machine_along(elf):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom tintin.link import Qemu\n"
        "with Qemu(Path(sys.argv[1])) as q:\n"
        "    q.flash(); print(q._process.pid, q._folder, flush=True); time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(elf)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pid, folder = starter.stdout.readline().split()
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    deadline = time.monotonic() + 5
    while alive(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    shutil.rmtree(folder)
    assert not alive(int(pid))


@needs_qemu
def test_a_machine_that_was_only_just_started_is_waited_for(elf):
    for _ in range(20):
        with Qemu(elf) as machine:
            assert len(machine.flash()) == FLASH_SIZE


def test_a_qemu_that_does_not_start_says_why(elf, tmp_path, monkeypatch):
    broken = tmp_path / qemu.PROGRAM
    broken.write_text("#!/bin/sh\necho no such machine >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(LinkError, match="no such machine"), Qemu(elf) as machine:
        machine.board()


@needs_qemu
def test_firmware_without_a_shell_is_an_error(elf, monkeypatch):
    monkeypatch.setattr(qemu, "Board", Impatient)
    with pytest.raises(LinkError, match="no shell prompt"), Qemu(elf) as machine:
        machine.board()


class Impatient(qemu.Board):
    def start(self):
        self.shell.wait_ready(timeout=0.3)


class Deaf(qemu.Board):
    """Opens the ports, and asks for nothing."""

    def start(self):
        pass


@needs_qemu
def test_a_machine_that_talks_to_nobody_goes_on_and_answers(elf, monkeypatch):
    monkeypatch.setattr(qemu, "Board", Deaf)
    elf.write_bytes(image(TALK))
    with Qemu(elf) as machine, machine.board() as board:
        time.sleep(0.2)  # a socket that nobody reads is full long before
        assert len(machine.flash()) == FLASH_SIZE
        assert board.shell._port.read(1)
