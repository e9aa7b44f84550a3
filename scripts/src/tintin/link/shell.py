# SPDX-License-Identifier: Apache-2.0
"""The serial shell: one line at a time, and its JSON answers."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from tintin.link.errors import DeviceError, LinkError
from tintin.link.ports import Port

PROMPT = "uart:~$ "
VT100 = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TIMEOUT = 5.0
LONGEST_LINE = 60  # the shell's receive ring holds 64 bytes


class ShellClient:
    """Talks to a Zephyr shell.

    A line is sent only when the prompt of the one before has come, because the shell's receive
    ring is small. Whatever else the device prints in between (logs, echoes) is passed over.
    """

    def __init__(self, port: Port, timeout: float = TIMEOUT) -> None:
        self._port = port
        self._timeout = timeout
        self._seen = ""
        self._late = False  # an answer that nobody waits for may still come

    def wait_ready(self, timeout: float = 15.0) -> None:
        """Until a prompt answers an empty line: after a boot, or after garbage on the line."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self._drain()
            self._port.write(b"\r\n")
            try:
                self._until_prompt(time.monotonic() + 0.5)
            except LinkError:
                continue
            self._drain()
            self._late = False
            return
        raise LinkError(f"no shell prompt within {timeout:g} s: is the device on, the port right?")

    def command(self, line: str) -> list[str]:
        """Send one line; the lines that the device printed for it. Raises LinkError."""
        if len(line) > LONGEST_LINE or "\n" in line:
            raise LinkError(f"not a line for the shell: {line!r}")
        if self._late:
            self.wait_ready()
        self._port.write(line.encode() + b"\n")
        text = self._until_prompt(time.monotonic() + self._timeout)
        return [stripped for part in text.splitlines() if (stripped := part.strip())]

    def json(self, line: str) -> dict[str, Any]:
        """Send a command with -j; its answer. Raises DeviceError where the device refuses."""
        lines = self.command(f"{line} -j")
        answers = [text for text in lines if text.startswith("{")]
        if not answers:
            raise LinkError(f"no JSON in the answer to {line!r}: {' | '.join(lines)[:200]}")
        try:
            answer: dict[str, Any] = json.loads(answers[-1])
        except json.JSONDecodeError:
            raise LinkError(f"damaged answer to {line!r}: {answers[-1][:200]}") from None
        if not answer.get("ok", False):
            raise DeviceError(int(answer.get("error", 0)), str(answer.get("reason", "unknown")))
        return answer

    def _until_prompt(self, deadline: float) -> str:
        """Text up to the next prompt, without its VT100 codes."""
        while True:
            before, found, after = self._seen.partition(PROMPT)
            # A log message moves the prompt down: only a prompt at the very end is one.
            if found and not after:
                self._seen = ""
                return before
            if found:
                self._seen = before + "\n" + after
                continue
            left = deadline - time.monotonic()
            data = self._port.read(max(left, 0)) if left > 0 else b""
            if not data:
                said, self._seen, self._late = self._seen, "", True
                raise LinkError(f"the device did not answer in time (it said {said[-100:]!r})")
            self._seen = VT100.sub("", self._seen + data.decode(errors="replace"))

    def _drain(self) -> None:
        while self._port.read(0.05):
            pass
        self._seen = ""
