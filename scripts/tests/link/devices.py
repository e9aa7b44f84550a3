# SPDX-License-Identifier: Apache-2.0
"""Devices of threads and sockets: the other end of a link, with every way to misbehave."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator

from tintin.link.ports import SocketPort

ACCEPTED, FULL, DAMAGED = 0x06, 0x13, 0x15
PROMPT = b"\x1b[1;32muart:~$ \x1b[m"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE, bit by bit: not the client's way of computing it."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (0x1021 if crc & 0x8000 else 0)
        crc &= 0xFFFF
    return crc


class Device(threading.Thread):
    """Answers what it reads from its end of a socket until the other end closes."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(daemon=True)
        self.connection = connection
        self.piece = 4096  # bytes that it sends at a time

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while data := self.connection.recv(4096):
                self.take(data)
        self.connection.close()

    def take(self, data: bytes) -> None:
        raise NotImplementedError

    def say(self, data: bytes) -> None:
        for at in range(0, len(data), self.piece):
            self.connection.sendall(data[at : at + self.piece])


class SensorDevice(Device):
    """A serial-fed sensor. `tricks`: one word for each whole frame that arrives, then "fine"."""

    def __init__(self, connection: socket.socket, tricks: Iterable[str] = ()) -> None:
        super().__init__(connection)
        self.tricks = iter(tricks)
        self.readings: list[int] = []
        self.frames = 0
        self.lengths: list[int] = []
        self.on_readings: Callable[[list[int]], None] = self.readings.extend
        self._accepted = 0
        self._bytes = b""

    def take(self, data: bytes) -> None:
        self._bytes += data
        while (at := self._bytes.find(b"\x7e")) >= 0:
            self._bytes = self._bytes[at:]
            if len(self._bytes) < 2 or len(self._bytes) < (size := self._bytes[1] + 5):
                return
            frame, self._bytes = self._bytes[:size], self._bytes[size:]
            self._judge(frame[1:-2], struct.unpack("<H", frame[-2:])[0])

    def _judge(self, body: bytes, crc: int) -> None:
        self.frames += 1
        trick = next(self.tricks, "fine")
        if trick == "frame lost":
            return
        if crc != crc16(body) or trick == "frame damaged":
            self._reply(DAMAGED, 0)
        elif trick == "full":
            self._reply(FULL, body[1])
        else:
            self._accept(body[1], body[2:])
            self._confirm(body[1], trick)

    def _accept(self, sequence: int, payload: bytes) -> None:
        if sequence != self._accepted:
            self.lengths.append(len(payload))
            self.on_readings(list(struct.unpack(f"<{len(payload) // 2}h", payload)))
        self._accepted = sequence

    def _confirm(self, sequence: int, trick: str) -> None:
        if trick == "garbage":
            self.say(b"\x00\x7e\x06\x55\x7e\x7e")
        if trick != "reply lost":
            self._reply(ACCEPTED, sequence)
        if trick == "reply twice":
            self._reply(ACCEPTED, sequence)

    def _reply(self, code: int, sequence: int) -> None:
        self.say(bytes([0x7E, code, sequence, code ^ sequence ^ 0xFF]))


class ShellDevice(Device):
    """A shell. `answer`: what it prints for a line; None: nothing, not even a prompt."""

    def __init__(self, connection: socket.socket, answer: Callable[[str], bytes | None]) -> None:
        super().__init__(connection)
        self.answer = answer
        self.lines: list[str] = []
        self._text = b""

    def take(self, data: bytes) -> None:
        self._text += data.replace(b"\r\n", b"\n")
        while b"\n" in self._text:
            line, _, self._text = self._text.partition(b"\n")
            self.lines.append(line.decode())
            printed = self.answer(line.decode()) if line else b""
            if printed is not None:
                self.say(line + b"\r\n" + printed + PROMPT)


class BoardDevice:
    """The application: windows of `window` readings, predicted as their largest reading.

    `learned` are the windows that were labelled, in the order of the labels.
    """

    def __init__(self, shell: socket.socket, sensor: socket.socket, window: int = 4) -> None:
        self.window = window
        self.windows: list[list[int]] = []
        self.learned: list[tuple[list[int], int]] = []
        self.refuse: dict[str, Iterator[int]] = {}  # errno values to answer first, by command
        self.rate = 0.0
        self.training = True
        self.closed: list[str] = []
        self.idled = 0
        self.forgotten = 0  # windows that the counters were set to 0 after
        self._partial: list[int] = []
        self.shell = ShellDevice(shell, self._command)
        self.sensor = SensorDevice(sensor)
        self.sensor.on_readings = self._take
        self.shell.start()
        self.sensor.start()

    def restart(self) -> None:
        """As after a power cycle."""
        self.windows.clear()

    def _take(self, readings: list[int]) -> None:
        self._partial += readings
        while len(self._partial) >= self.window:
            self.windows.append(self._partial[: self.window])
            self._partial = self._partial[self.window :]

    def _command(self, line: str) -> bytes:
        words = line.removesuffix(" -j").split()[1:]
        error = next(self.refuse.get(words[0], iter(())), 0)
        if error:
            answer = {"ok": False, "error": error, "reason": "not now"}
        else:
            answer = {"ok": True, **getattr(self, f"_{words[0]}")(*words[1:])}
        return json.dumps(answer).encode() + b"\r\n"

    def _predict(self) -> dict[str, object]:
        return {"window": len(self.windows), "label": max(self.windows[-1]), "confidence": 32768}

    def _label(self, label: str, number: str) -> dict[str, object]:
        window = self.windows[int(number) - 1]
        self.learned.append((window, int(label)))
        return {"window": int(number), "label": int(label), "predicted": max(window), "queued": 1}

    def _stats(self) -> dict[str, object]:
        counted = len(self.windows) - self.forgotten
        told = {"windows": counted, "window": len(self.windows)}
        return {**told, "learned": len(self.learned), "pending": 0}

    def _train(self, word: str, rate: str = "") -> dict[str, object]:
        if word == "rate":
            self.rate = float(rate)
        elif word == "idle":
            self.idled += 1
        else:
            self.training = word == "on"
        return {}

    def _learner(self, *words: str) -> dict[str, object]:
        self.closed += words[1:] if words[:1] == ("close",) else ()
        counted = {"steps": len(self.learned), "kept": 1, "rollbacks": 0, "alarms": [0, 0, 1, 0]}
        return {"method": "replay", **counted}

    def _metrics(self) -> dict[str, object]:
        hits = sum(max(window) == label for window, label in self.learned)
        return {"labels": len(self.learned), "hits": hits}

    def _sense(self, _: str) -> dict[str, object]:
        self._partial.clear()
        return {"window": self.window}

    def _save(self) -> dict[str, object]:
        return {"step": len(self.learned), "bytes": 100, "crc": "0badcafe"}


def pair() -> tuple[SocketPort, socket.socket]:
    """A port, and the device's end of it."""
    here, there = socket.socketpair()
    return SocketPort(here), there
