# SPDX-License-Identifier: Apache-2.0
"""A device under test: the shell that Twister holds, the sensor's port, and its power switch."""

from __future__ import annotations

import json
import re
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from twister_harness import DeviceAdapter
from twister_harness.exceptions import TwisterHarnessTimeoutException

from tintin.link.errors import DeviceError
from tintin.link.ports import Port, open_port
from tintin.link.qemu import Region, store_region
from tintin.link.sensor import SensorFeed

FIXTURE = "tintin_sensor"
FLASH_SIZE = 16 * 1024  # of the application as it is
PATIENCE = 30.0  # s: other tests may run beside this one
TRIES = 60  # frames without an answer, for the same reason
FRAME_TIMEOUT = 0.1  # s after which the sensor gives an unfinished frame up
VT100 = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Console:
    """The shell, line by line."""

    def __init__(self, dut: DeviceAdapter) -> None:
        self._dut = dut
        self.lines: list[str] = []

    def read_line(self, timeout: float = PATIENCE) -> str:
        """The next line of output, without VT100 codes. Raises Twister's timeout."""
        line = VT100.sub("", self._dut.readline(timeout=timeout, print_output=True))
        self.lines.append(line)
        return line

    def wait_for(self, words: str, timeout: float = PATIENCE) -> str:
        """The next line with these words in it."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                line = self.read_line(timeout=0.2)
            except TwisterHarnessTimeoutException:
                continue
            if words in line:
                return line
        raise AssertionError(f"no line with {words!r} within {timeout:g} s")

    def wait_quiet(self) -> None:
        """Until the device has nothing more to say; then end the line that it stands in."""
        self._drain()
        self.write(b"\n")
        self._drain()

    def write(self, data: bytes) -> None:
        """Raw bytes to the shell's port."""
        self._dut.write(data)

    def text(self, line: str) -> str:
        """What a command prints, up to an empty command's prompt after it."""
        begin = len(self.lines)
        self.write(line.encode() + b"\n")
        self.wait_for(line)
        self.write(b"tintin sense -j\n")
        self.wait_for('{"ok"')
        return "\n".join(self.lines[begin:])

    def ask(self, line: str) -> dict[str, Any]:
        """A command's JSON answer. Raises DeviceError where the device refuses."""
        self.write(f"{line} -j\n".encode())
        said = self.wait_for('{"ok"')
        answer: dict[str, Any] = json.loads(said[said.index('{"ok"') :])
        if not answer["ok"]:
            raise DeviceError(answer["error"], answer["reason"])
        return answer

    def refusal(self, line: str) -> int:
        """The errno with which a command is refused."""
        with pytest.raises(DeviceError) as refused:
            self.ask(line)
        assert refused.value.reason, f"{line}: an error without a reason"
        return refused.value.errno

    def _drain(self) -> None:
        while True:
            try:
                self.read_line(timeout=1.0)
            except TwisterHarnessTimeoutException:
                return


class Device:
    """Console and sensor of a running application."""

    def __init__(self, dut: DeviceAdapter) -> None:
        self._dut = dut
        self.build_dir = Path(dut.device_config.build_dir)
        self.simulated = dut.device_config.type == "qemu"
        self._folder = tempfile.TemporaryDirectory(prefix="tt-")
        self._port: Port | None = None
        self._connect()

    def close(self) -> None:
        """Give the sensor's port back."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def power_cycle(self) -> None:
        """Off and on again; flash stays."""
        if self.simulated:
            self.keep_flash()
        self.close()
        self._dut.close()
        self._dut.launch()
        self._connect()

    def keep_flash(self) -> bytes:
        """Write what lies in QEMU's flash to the file that the next start loads."""
        region = store_region((self.build_dir / "zephyr" / "zephyr.elf").read_bytes())
        _qmp(self._socket("qmp.sock"), "pmemsave", region, self.build_dir / "flash.bin")
        return (self.build_dir / "flash.bin").read_bytes()

    def restart_with_flash(self, flash: bytes) -> None:
        """Power cycle with another content of the flash. QEMU only."""
        self.close()
        self._dut.close()
        (self.build_dir / "flash.bin").write_bytes(flash)
        self._dut.launch()
        self._connect()

    def show(self, sample: np.ndarray) -> None:
        """Feed one window: pixels 0..16."""
        self.feed.feed(sample.tolist())
        self._windows += 1

    def teach(self, sample: np.ndarray, label: int) -> int:
        """Show a sample and label it; what was predicted before."""
        self.show(sample)
        while True:
            try:
                answer = self.console.ask(f"tintin label {label} {self._windows}")
                return int(answer["predicted"])
            except DeviceError as error:
                if error.errno not in (-11, -16):  # not there yet, queue full
                    raise

    def predict(self, sample: np.ndarray) -> int:
        """Show a sample; its predicted class."""
        self.show(sample)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.console.ask("tintin stats")["window"] == self._windows:
                return int(self.console.ask("tintin predict")["label"])
        raise AssertionError(f"window {self._windows} was never predicted")

    def settled(self) -> dict[str, Any]:
        """Statistics once everything labelled has been learned."""
        while (stats := self.console.ask("tintin stats"))["pending"]:
            pass
        return stats

    def study(self, sample: np.ndarray, label: int) -> int:
        """Teach, and wait until all that it made due is done: the order is then the host's."""
        predicted = self.teach(sample, label)
        self.settled()
        return predicted

    def send_raw(self, data: bytes) -> None:
        """Bytes to the sensor's UART, whatever they mean."""
        assert self._port is not None
        self._port.write(data)

    def resynchronise(self) -> None:
        """Begin anew at a window's first reading; what the sensor answered to noise is dropped."""
        assert self._port is not None
        while self._port.read(2 * FRAME_TIMEOUT):
            pass
        self.feed.reset()
        self.console.ask("tintin sense restart")
        self._windows = self.console.ask("tintin stats")["window"]

    def _connect(self) -> None:
        self.console = Console(self._dut)
        self.console.wait_for(" record, step ", timeout=30)
        self._port = open_port(self._sensor_port())
        self.feed = SensorFeed(self._port, patience=PATIENCE, tries=TRIES)
        self.resynchronise()

    def _sensor_port(self) -> str:
        if self.simulated:
            return f"unix:{self._socket('sensor.sock')}"
        for fixture in self._dut.device_config.fixtures:
            name, _, port = fixture.partition(":")
            if name == FIXTURE and port:
                return str(port)
        raise AssertionError(f"the hardware map names no {FIXTURE}:<port>")

    def _socket(self, name: str) -> Path:
        """A socket in the build folder by a path short enough for one."""
        link = Path(self._folder.name) / name
        if not link.is_symlink():
            link.symlink_to(self.build_dir / name)
        return link


def _qmp(path: Path, command: str, region: Region, file: Path) -> None:
    """Ask QEMU to write the flash's memory to a file."""
    arguments = {"val": region.address, "size": region.size, "filename": str(file)}
    with socket.socket(socket.AF_UNIX) as qmp:
        qmp.settimeout(PATIENCE)
        qmp.connect(str(path))
        lines = qmp.makefile("rw")
        lines.readline()  # the greeting
        requests = ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments})
        for request in requests:
            lines.write(json.dumps(request) + "\n")
            lines.flush()
            while "return" not in (answer := json.loads(lines.readline())):
                assert "error" not in answer, answer
