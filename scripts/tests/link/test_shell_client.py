# SPDX-License-Identifier: Apache-2.0
"""The shell client gets the answer to its line out of whatever else the device prints."""

from __future__ import annotations

import time

import pytest

from devices import PROMPT, ShellDevice, pair
from tintin.link import DeviceError, LinkError, ShellClient


def client_of(answer, timeout=2.0):
    port, there = pair()
    device = ShellDevice(there, answer)
    device.start()
    return ShellClient(port, timeout), device


def test_an_answer_comes_without_echo_and_colours():
    client, device = client_of(lambda line: b'\x1b[0m{"ok":true,"label":3}\x1b[m\r\n')
    assert client.json("tintin predict") == {"ok": True, "label": 3}
    assert device.lines == ["tintin predict -j"]


def test_an_answer_is_put_together_from_single_bytes():
    client, device = client_of(lambda line: b'{"ok":true,"n":1}\r\n')
    device.piece = 1
    assert client.json("tintin stats")["n"] == 1


def test_a_log_message_in_between_is_passed_over():
    log = b"\x1b[8D\x1b[J[00:00:01.000,000] \x1b[0m<wrn> sense: silent\x1b[0m\r\n" + PROMPT
    client, _ = client_of(lambda line: log + b'{"ok":true,"n":2}\r\n')
    assert client.json("tintin stats")["n"] == 2


def test_an_error_of_the_device_keeps_its_number_and_reason():
    client, _ = client_of(lambda line: b'{"ok":false,"error":-33,"reason":"no such class"}\r\n')
    with pytest.raises(DeviceError, match="no such class") as caught:
        client.json("tintin label 99")
    assert caught.value.errno == -33
    assert caught.value.reason == "no such class"


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        (b"tintin: command not found\r\n", "no JSON .*command not found"),
        (b'{"ok":true,"n"\r\n', "damaged answer"),
        (b"", "no JSON"),
        (b"\xff\xfe\x00\x80\r\n", "no JSON"),
    ],
)
def test_what_is_no_answer_is_said_and_the_next_one_is_read(printed, why):
    answers = iter([printed, b'{"ok":true}\r\n'])
    client, _ = client_of(lambda line: next(answers))
    with pytest.raises(LinkError, match=why):
        client.json("tintin info")
    assert client.json("tintin info") == {"ok": True}


def test_a_silent_device_is_an_error_in_time():
    client, _ = client_of(lambda line: None, timeout=0.1)
    began = time.monotonic()
    with pytest.raises(LinkError, match="did not answer in time"):
        client.command("kernel uptime")
    assert time.monotonic() - began < 1


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one():
    def answer(line: str) -> bytes:
        if "save" in line:
            time.sleep(0.3)
        return f'{{"ok":true,"to":"{line}"}}\r\n'.encode()

    client, _ = client_of(answer, timeout=0.1)
    with pytest.raises(LinkError, match="in time"):
        client.json("tintin save")
    time.sleep(0.4)
    assert client.json("tintin info")["to"] == "tintin info -j"


def test_garbage_on_the_line_is_cleared_before_the_first_command():
    client, device = client_of(lambda line: b'{"ok":true}\r\n')
    device.say(b"\xff\x00{nonsense uart:~$ \x1b[")
    client.wait_ready()
    assert client.json("tintin info") == {"ok": True}


def test_a_booting_device_is_waited_for():
    answers = iter([None, None])
    client, device = client_of(lambda line: next(answers, b'{"ok":true}\r\n'))
    device.answer, ready = (lambda line: None), device.answer

    def boot(data: bytes) -> None:
        if time.monotonic() - began > 0.7:
            device.answer = ready
            ShellDevice.take(device, data)

    began = time.monotonic()
    device.take = boot  # type: ignore[method-assign]
    client.wait_ready(timeout=5)
    assert time.monotonic() - began > 0.7


def test_a_device_that_reboots_in_a_command_is_an_error_and_then_works():
    def answer(line: str) -> bytes:
        if len(device.lines) == 1:
            return b"*** Booting Zephyr OS build v3.7.1 ***\r\n"
        return b'{"ok":true,"step":0}\r\n'

    client, device = client_of(answer)
    with pytest.raises(LinkError, match="Booting Zephyr"):
        client.json("tintin save")
    client.wait_ready()
    assert client.json("tintin info")["step"] == 0


def test_without_a_device_waiting_ends():
    client, _ = client_of(lambda line: None)
    client._port.write = lambda data: None  # type: ignore[method-assign]
    with pytest.raises(LinkError, match="no shell prompt within"):
        client.wait_ready(timeout=0.3)


@pytest.mark.parametrize("line", ["x" * 61, "tintin info\ntintin save"])
def test_a_line_that_the_device_cannot_take_is_not_sent(line):
    client, device = client_of(lambda line: b"")
    with pytest.raises(LinkError, match="not a line"):
        client.command(line)
    assert device.lines == []
