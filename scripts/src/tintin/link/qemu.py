# SPDX-License-Identifier: Apache-2.0
"""The application's image in QEMU: qemu_cortex_m3, its two serial ports, and its flash.

The board has no flash driver; the store lies in RAM that this loads before the start and reads
back over QMP, so that a new process on the same bytes is a power cycle.
"""

from __future__ import annotations

import json
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from tintin.link.board import Board
from tintin.link.errors import LinkError
from tintin.link.ports import Closing

FLASH_ADDRESS = 0x2000C000  # of the application as it is; an image may say otherwise
FLASH_SIZE = 16 * 1024
FLASH_SECTION = b"STORE"
PROGRAM = "qemu-system-arm"
ELF32_HEADER = 52
ELF32_SEGMENT = 32
ELF32_SECTION = struct.Struct("<10I")
PT_NULL = 0
LOG = "qemu.log"
ICOUNT_SHIFT = 6  # 64 ns an instruction, as Zephyr's qemu_cortex_m3 has it
NS_PER_CYCLE = 80  # of QEMU's model of the lm3s6965, whatever its devicetree says
INSTRUCTIONS_PER_CYCLE = NS_PER_CYCLE / 2**ICOUNT_SHIFT


def command(elf: Path, folder: Path, flash: Path | None, address: int = FLASH_ADDRESS) -> list[str]:
    """How QEMU is called; its sockets lie in `folder`."""
    load = f"loader,file={flash},addr={address:#x},force-raw=on"
    return [
        *(PROGRAM, "-cpu", "cortex-m3", "-machine", "lm3s6965evb", "-net", "none"),
        *("-icount", f"shift={ICOUNT_SHIFT},align=off,sleep=on", "-rtc", "clock=vm"),
        *("-display", "none", "-monitor", "none"),
        *("-serial", f"unix:{folder}/shell,server=on,wait=off"),
        *("-serial", f"unix:{folder}/sensor,server=on,wait=off"),
        *("-qmp", f"unix:{folder}/qmp,server=on,wait=off"),
        *(("-device", load) if flash is not None else ()),
        *("-kernel", str(elf)),
    ]


def leash() -> list[str]:
    """What makes QEMU end with this process, also when it is killed (Linux)."""
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


def loadable(elf: bytes) -> bytes:
    """The image without its empty segments: QEMU would load their zeros over the saved flash."""
    header = struct.unpack_from("<4sB", elf) if len(elf) > ELF32_HEADER else (b"", 0)
    if header != (b"\x7fELF", 1):
        raise LinkError("not a 32-bit ELF image")
    image = bytearray(elf)
    table, size, count = struct.unpack_from("<I", elf, 28) + struct.unpack_from("<HH", elf, 42)
    if size < ELF32_SEGMENT or table + size * count > len(elf):
        raise LinkError("a damaged ELF image: its table of segments is not whole")
    for at in range(table, table + size * count, size):
        if struct.unpack_from("<I", elf, at + 16) == (0,):  # bytes in the file
            struct.pack_into("<I", image, at, PT_NULL)
    return bytes(image)


class Region(NamedTuple):
    """A piece of the machine's memory."""

    address: int
    size: int


def store_region(elf: bytes) -> Region:
    """Where an image has its store: the application's own place where it does not say."""
    table, size, count, names = struct.unpack_from("<I10x3H", elf, 32)
    whole = size == ELF32_SECTION.size and table + size * count <= len(elf) and names < count
    sections = [ELF32_SECTION.unpack_from(elf, table + i * size) for i in range(count * whole)]
    for name, _, _, address, _, length, *_ in sections:
        at = sections[names][4] + name
        if elf[at : at + len(FLASH_SECTION) + 1] == FLASH_SECTION + b"\0":
            return Region(address, length)
    return Region(FLASH_ADDRESS, FLASH_SIZE)


class Qemu(Closing):
    """A running machine. `flash`: bytes of the store from an earlier one, or None for a new one."""

    def __init__(self, elf: Path, flash: bytes | None = None) -> None:
        if shutil.which(PROGRAM) is None:
            raise LinkError(f"{PROGRAM} is not installed")
        if not elf.is_file():
            raise LinkError(f"{elf} is not there: build the application first")
        image = loadable(elf.read_bytes())
        self._store = store_region(image)
        self._folder = Path(tempfile.mkdtemp(prefix="tintin-qemu-"))
        try:
            self._process = self._start(image, flash)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _start(self, image: bytes, flash: bytes | None) -> subprocess.Popen[bytes]:
        elf, store = self._folder / "image.elf", self._folder / "flash.bin"
        elf.write_bytes(image)
        file = None if flash is None else store
        if flash is not None:
            store.write_bytes(flash)
        with (self._folder / LOG).open("wb") as log:
            return subprocess.Popen(
                [*leash(), *command(elf, self._folder, file, self._store.address)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def board(self, channels: int = 1) -> Board:
        """Connect to the application; one connection at a time."""
        self._qmp().close()  # answers when all the sockets are there
        return Board.open(f"unix:{self._folder}/shell", f"unix:{self._folder}/sensor", channels)

    def flash(self) -> bytes:
        """What lies in the store's flash now."""
        path = self._folder / "saved.bin"
        with self._qmp() as qmp:
            where = {"val": self._store.address, "size": self._store.size}
            qmp.execute("pmemsave", {**where, "filename": str(path)})
        return path.read_bytes()

    def close(self) -> None:
        """Cut the power."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _qmp(self, timeout: float = 10.0) -> _Qmp:
        deadline = time.monotonic() + timeout
        while True:
            try:
                return _Qmp(self._folder / "qmp")
            except OSError as error:  # not there, or not listening yet
                if self._process.poll() is not None:
                    words = (self._folder / LOG).read_text(errors="replace")
                    raise LinkError(f"QEMU stopped at once: {words.strip()}") from None
                if time.monotonic() > deadline:
                    raise LinkError(f"QEMU did not answer in {timeout:g} s: {error}") from None
            time.sleep(0.01)


class _Qmp(Closing):
    """QEMU's machine protocol: a line of JSON each way."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(10)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._lines = self._socket.makefile("r")
        self._lines.readline()  # the greeting
        self.execute("qmp_capabilities", {})

    def execute(self, name: str, arguments: dict[str, Any]) -> None:
        """One command; raises LinkError where QEMU refuses."""
        request = json.dumps({"execute": name, "arguments": arguments})
        self._socket.sendall(request.encode() + b"\n")
        while True:
            answer = json.loads(self._lines.readline() or '{"error": {"desc": "QEMU is gone"}}')
            if "error" in answer:
                raise LinkError(f"QEMU refuses {name}: {answer['error']['desc']}")
            if "return" in answer:
                return

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()
