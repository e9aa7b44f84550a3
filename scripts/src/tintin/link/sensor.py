# SPDX-License-Identifier: Apache-2.0
"""The serial-fed sensor: readings in frames with a CRC, each acknowledged.

Frame to the device: 0x7E, length, sequence, payload, CRC-16/CCITT-FALSE of all but the 0x7E,
little-endian. Payload: whole readings, int16 a channel, little-endian. Reply: 0x7E, code,
sequence, code ^ sequence ^ 0xFF.
"""

from __future__ import annotations

import binascii
import struct
import time
from collections.abc import Iterable, Sequence

from tintin.link.errors import LinkError
from tintin.link.ports import Port

START = 0x7E
ACCEPTED, FULL, DAMAGED = 0x06, 0x13, 0x15
MAX_PAYLOAD = 240
LAST_SEQUENCE = 255
REPLY = 4

TRIES = 8
REPLY_TIMEOUT = 0.5  # s; the device itself gives a broken frame up after 0.1
FULL_WAIT = 0.002
QUIET = 0.15  # s; longer than the device waits for the rest of a frame


def frame(sequence: int, payload: bytes) -> bytes:
    """One frame as it goes over the wire."""
    body = bytes([len(payload), sequence]) + payload
    return bytes([START]) + body + struct.pack("<H", binascii.crc_hqx(body, 0xFFFF))


class SensorFeed:
    """Feeds readings to a serial-fed sensor with `channels` channels."""

    def __init__(
        self, port: Port, channels: int = 1, patience: float = 10.0, tries: int = TRIES
    ) -> None:
        """When a device counts as stopped.

        `patience`: seconds that a full FIFO may take; `tries`: frames without an answer, each
        half a second. An emulated device on a busy host may take many.
        """
        self._port = port
        self._channels = channels
        self._patience = patience
        self._tries = tries
        self._sequence = 0
        self._received = b""

    def reset(self) -> None:
        """Empty the sensor's FIFO and begin counting frames anew."""
        self._sequence = 0
        self._forget()
        self._send(0, b"")

    def feed(self, values: Iterable[int]) -> None:
        """Send readings, channel by channel; returns when the sensor holds them all."""
        numbers = list(values)
        if len(numbers) % self._channels:
            raise LinkError(f"{len(numbers)} values are not whole readings of {self._channels}")
        payload = self._pack(numbers)
        step = MAX_PAYLOAD // (2 * self._channels) * 2 * self._channels
        for start in range(0, len(payload), step):
            self._next(payload[start : start + step])

    @staticmethod
    def _pack(values: Sequence[int]) -> bytes:
        try:
            return struct.pack(f"<{len(values)}h", *values)
        except struct.error:
            raise LinkError("a reading does not fit 16 bits: whole numbers do") from None

    def _forget(self) -> None:
        """Drop replies that nobody waits for: to noise, or to frames that were given up."""
        self._received = b""
        deadline = time.monotonic() + REPLY_TIMEOUT
        while self._port.read(0) and time.monotonic() < deadline:
            pass

    def _calm(self) -> None:
        """Wait until the rest of a damaged frame is answered: it may look like frames, too."""
        self._received = b""
        deadline = time.monotonic() + REPLY_TIMEOUT
        while self._port.read(QUIET) and time.monotonic() < deadline:
            pass

    def _next(self, payload: bytes) -> None:
        self._sequence = self._sequence % LAST_SEQUENCE + 1
        self._send(self._sequence, payload)

    def _send(self, sequence: int, payload: bytes) -> None:
        data = frame(sequence, payload)
        give_up = time.monotonic() + self._patience
        tries, code = 0, None
        while tries < self._tries:
            self._port.write(data)
            code = self._reply(sequence)
            if code == ACCEPTED:
                return
            if code != FULL:
                tries += 1
                if tries > 1:
                    self._calm()
                continue
            if time.monotonic() > give_up:
                raise LinkError("the sensor's FIFO stays full: the device takes no readings")
            time.sleep(FULL_WAIT)
        damaged = f"each came damaged, or a reading has not {self._channels} values"
        why = "no answer" if code is None else damaged
        raise LinkError(f"the sensor did not accept a frame in {self._tries} tries: {why}")

    def _reply(self, sequence: int) -> int | None:
        """Code of the reply to a frame; None when there is none in time."""
        deadline = time.monotonic() + REPLY_TIMEOUT
        while True:
            for code, answered in self._replies():
                if answered == sequence or (code == DAMAGED and answered == 0):
                    return code
            left = deadline - time.monotonic()
            data = self._port.read(max(left, 0)) if left > 0 else b""
            if not data:
                return None
            self._received += data

    def _replies(self) -> Iterable[tuple[int, int]]:
        """Whole replies among what was received; garbage is passed over."""
        while (start := self._received.find(START)) >= 0:
            reply = self._received[start : start + REPLY]
            if len(reply) < REPLY:
                self._received = reply
                return
            if reply[3] == reply[1] ^ reply[2] ^ 0xFF:
                self._received = self._received[start + REPLY :]
                yield reply[1], reply[2]
            else:
                self._received = self._received[start + 1 :]
        self._received = b""
