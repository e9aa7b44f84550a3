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
ECHO_WAIT = 0.5  # s that an echo may come behind a prompt which a log message drew anew
SILENCE = 0.05  # s without a byte: nothing is on its way any more
CHATTER = 1.0  # s after which a device that is never silent is asked all the same
LONGEST_ANSWER = 16384  # bytes that are kept of what the device says


class Answer(dict[str, Any]):
    """A JSON answer. A key that is not in it is other firmware than this was written for."""

    def __missing__(self, key: str) -> Any:
        raise LinkError(f"the device's answer has no {key!r}: is its firmware another version?")


class ShellClient:
    """Talks to a Zephyr shell.

    A line is sent only when the prompt of the one before has come, because the shell's receive
    ring is small. Its answer is what stands between its echo and the next prompt; whatever else
    the device prints (logs, prompts drawn anew, a late answer) is passed over.
    """

    def __init__(self, port: Port, timeout: float = TIMEOUT) -> None:
        self._port = port
        self._timeout = timeout
        self._late = False  # an answer that nobody waits for may still come

    def wait_ready(self, timeout: float = 15.0) -> None:
        """Until a prompt answers an empty line: after a boot, or after garbage on the line."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self._drain()
            self._port.write(b"\r\n")
            text = self._until_prompt("", min(deadline, time.monotonic() + 0.5))
            if text.endswith(PROMPT):
                self._drain()
                self._late = False
                return
        raise LinkError(f"no shell prompt within {timeout:g} s: is the device on, the port right?")

    def command(self, line: str) -> list[str]:
        """Send one line; the lines that the device printed for it. Raises LinkError."""
        if len(line) > LONGEST_LINE or not (line.isascii() and line.isprintable()):
            raise LinkError(f"not a line for the shell: {line!r}")
        if self._late:
            self.wait_ready()
        self._port.write(line.encode() + b"\n")
        text = self._until_prompt(line, time.monotonic() + self._timeout)
        if not text.endswith(PROMPT):
            self._late = True
            raise LinkError(f"the device did not answer in time (it said {text[-100:]!r})")
        printed = _behind_echo(text, line) or text
        parts = printed.replace(PROMPT, "\n").splitlines()
        return [stripped for part in parts if (stripped := part.strip())]

    def json(self, line: str) -> Answer:
        """Send a command with -j; its answer. Raises DeviceError where the device refuses."""
        lines = self.command(f"{line} -j")
        answers = [text for text in lines if text.startswith("{")]
        if not answers:
            raise LinkError(f"no JSON in the answer to {line!r}: {' | '.join(lines)[:200]}")
        try:
            answer = Answer(json.loads(answers[-1]))
        except json.JSONDecodeError:
            raise LinkError(f"damaged answer to {line!r}: {answers[-1][:200]}") from None
        if not answer.get("ok", False):
            raise DeviceError(int(answer.get("error", 0)), str(answer.get("reason", "unknown")))
        return answer

    def _until_prompt(self, line: str, deadline: float) -> str:
        """What came until the prompt behind the line's echo, or, unfinished, until the deadline.

        Without its VT100 codes. A prompt without an echo counts when nothing follows it: then the
        device was restarted, or does not echo.
        """
        received, text = b"", ""
        while (left := deadline - time.monotonic()) > 0:
            prompted = text.endswith(PROMPT)
            data = self._port.read(min(left, ECHO_WAIT) if prompted else left)
            if prompted and not data:
                break
            received = (received + data)[-LONGEST_ANSWER:]
            text = VT100.sub("", received.decode(errors="replace"))
            if (_behind_echo(text, line) or "").endswith(PROMPT):
                break
        return text

    def _drain(self) -> None:
        deadline = time.monotonic() + CHATTER
        while self._port.read(SILENCE) and time.monotonic() < deadline:
            pass


def _behind_echo(text: str, line: str) -> str | None:
    """What follows a line's echo; None when that has not come."""
    echo = re.search(re.escape(line) + r"\r?\n", text)
    return text[echo.end() :] if echo else None
