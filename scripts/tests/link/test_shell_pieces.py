# SPDX-License-Identifier: Apache-2.0
"""A shell's answer is the same in whatever pieces its bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintin.link import LinkError, ShellClient, shell

LINE = "tintin info"
ECHO = b"tintin info -j\r\n"
ANSWER = b'{"ok":true,"step":7}\r\n'
PROMPT = b"uart:~$ "
COLOURED = b"\x1b[1;32muart:~$ \x1b[m"
ERASE = b"\x1b[8D\x1b[J"
LOG = ERASE + b"[00:00:01.000,000] <wrn> sense: the sensor is silent for 2000 ms\r\n"

# As a Zephyr shell says it on qemu_cortex_m3, and with the colours of a larger one.
TRANSCRIPTS = {
    "nothing else": ECHO + ANSWER + PROMPT,
    "colours": b"\x1b[0m" + ECHO + b"\x1b[1;37m" + ANSWER + COLOURED,
    "a log message before the echo": LOG + PROMPT + ECHO + ANSWER + PROMPT,
    "two log messages": LOG + PROMPT + LOG + COLOURED + ECHO + ANSWER + COLOURED,
    "a log message within the echo": b"tintin in"
    + LOG
    + PROMPT
    + b"tintin in"
    + b"fo -j\r\n"
    # the shell draws the line begun anew, then goes on with it
    + ANSWER
    + PROMPT,
    "a log message before Enter": ECHO[:-2] + LOG + PROMPT + ECHO + ANSWER + PROMPT,
    "a log message behind the answer": ECHO + ANSWER + PROMPT + LOG + PROMPT,
    "the late answer of another command": b'{"ok":true,"step":6}\r\n'
    + PROMPT
    + ECHO
    + ANSWER
    + PROMPT,
    "a boot just before": b"*** Booting Zephyr ***\r\n"
    + PROMPT
    + LOG
    + PROMPT
    + ECHO
    + ANSWER
    + PROMPT,
    "bytes of noise": b"\xff\xc3\x00\x1b[" + PROMPT + b"\x80\r\n" + ECHO + ANSWER + PROMPT,
}


class Pieces:
    """A port that says a transcript for each line, cut where it is told."""

    def __init__(self, transcripts: list[bytes], cuts: list[list[int]]) -> None:
        self._waiting = [
            [said[a:b] for a, b in zip([0, *places], [*places, len(said)], strict=True) if a < b]
            for said, places in zip(transcripts, map(sorted, cuts), strict=True)
        ]
        self._arrived: list[bytes] = []

    def write(self, data: bytes) -> None:
        if self._waiting:
            self._arrived += self._waiting.pop(0)

    def read(self, timeout: float) -> bytes:
        return self._arrived.pop(0) if self._arrived else b""

    def close(self) -> None:
        pass


def cuts(longest: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, longest), max_size=12)


@pytest.mark.parametrize("name", TRANSCRIPTS)
@given(data=st.data())
def test_the_answer_is_the_same_in_any_pieces(name: str, data: st.DataObject) -> None:
    said = TRANSCRIPTS[name]
    port = Pieces([said], [data.draw(cuts(len(said)), "cuts")])
    assert ShellClient(port, 0.2).json(LINE) == {"ok": True, "step": 7}


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_the_answer_is_put_together_from_single_bytes(name: str) -> None:
    said = TRANSCRIPTS[name]
    port = Pieces([said], [list(range(len(said)))])
    assert ShellClient(port, 0.2).json(LINE) == {"ok": True, "step": 7}


@given(names=st.lists(st.sampled_from(sorted(TRANSCRIPTS)), min_size=2, max_size=4), data=st.data())
def test_nothing_of_one_answer_is_taken_for_the_next(names: list[str], data: st.DataObject) -> None:
    said = [TRANSCRIPTS[name].replace(b":7", b":%d" % (10 + i)) for i, name in enumerate(names)]
    client = ShellClient(Pieces(said, [data.draw(cuts(len(text))) for text in said]), 0.2)
    assert [client.json(LINE)["step"] for _ in said] == list(range(10, 10 + len(said)))


@given(places=cuts(len(TRANSCRIPTS["colours"])))
def test_the_lines_of_a_command_are_without_echo_colours_and_prompt(places: list[int]) -> None:
    client = ShellClient(Pieces([TRANSCRIPTS["colours"]], [places]), 0.2)
    assert client.command("tintin info -j") == [ANSWER.decode().strip()]


def test_letters_beyond_ascii_may_be_cut_in_two() -> None:
    said = ECHO + '{"ok":true,"unit":"µs"}\r\n'.encode() + PROMPT
    at = said.index("µ".encode()) + 1
    assert ShellClient(Pieces([said], [[at]]), 0.2).json(LINE)["unit"] == "µs"


FRAGMENTS = st.sampled_from([PROMPT, ECHO, LOG, b'{"ok":tr', b"\x1b[", b"uart:~", b"\r\n", b"\xff"])


@given(noise=st.lists(st.one_of(FRAGMENTS, st.binary(max_size=9)), max_size=9), data=st.data())
def test_noise_is_one_error_and_never_an_answer(noise: list[bytes], data: st.DataObject) -> None:
    said = b"".join(noise)
    port = Pieces([said], [data.draw(cuts(len(said)))])
    with pytest.raises(LinkError, match=r"no JSON|in time|damaged"):
        ShellClient(port, 0.005).json(LINE)


def test_a_shell_that_does_not_echo_is_understood() -> None:
    client = ShellClient(Pieces([ANSWER + PROMPT] * 2, [[], [9]]), 0.2)
    assert client.json(LINE) == client.json(LINE) == {"ok": True, "step": 7}


def test_what_the_device_says_without_end_is_not_all_kept() -> None:
    said = b"x" * (3 * shell.LONGEST_ANSWER) + b"\r\n" + ECHO + ANSWER + PROMPT
    port = Pieces([said], [list(range(0, len(said), 4096))])
    assert ShellClient(port, 2.0).json(LINE)["step"] == 7
