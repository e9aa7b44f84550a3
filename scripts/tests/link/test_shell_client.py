# SPDX-License-Identifier: Apache-2.0
"""The shell client gets the answer to its line out of whatever else the device prints."""

from __future__ import annotations

import threading
import time

import pytest

from devices import PROMPT, ShellDevice, pair
from tintin.link import DeviceError, LinkError, ShellClient, shell


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


def test_the_late_answer_to_the_same_line_is_not_taken_for_the_new_one():
    asked = []

    def answer(line: str) -> bytes:
        asked.append(line)
        return b'{"ok":true,"step":%d}\r\n' % len(asked)

    client, device = client_of(answer, timeout=0.1)
    take, device.take = device.take, lambda data: (time.sleep(0.3), take(data))
    with pytest.raises(LinkError, match="in time"):
        client.json("tintin save")
    device.take = take
    assert client.json("tintin save")["step"] == 2


def test_a_key_that_is_not_in_an_answer_is_said():
    client, _ = client_of(lambda line: b'{"ok":true}\r\n')
    with pytest.raises(LinkError, match="has no 'step': is its firmware another version"):
        client.json("tintin save")["step"]


class Chatter(threading.Thread):
    """Log messages without end, a prompt drawn behind each."""

    def __init__(self, device: ShellDevice, said: bytes) -> None:
        super().__init__(daemon=True)
        self.device, self.said, self.enough = device, said, threading.Event()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self.enough.set()
        self.join()

    def run(self) -> None:
        while not self.enough.wait(0.005):
            self.device.say(self.said)


def test_a_device_that_logs_without_a_pause_is_heard_all_the_same(monkeypatch):
    monkeypatch.setattr(shell, "CHATTER", 0.2)
    client, device = client_of(lambda line: b'{"ok":true,"step":1}\r\n')
    with Chatter(device, b"\x1b[8D\x1b[J<dbg> sense: reading\r\n" + PROMPT):
        client.wait_ready(timeout=5)
        assert client.json("tintin stats")["step"] == 1


def test_a_port_with_something_else_behind_it_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(shell, "CHATTER", 0.2)
    client, device = client_of(lambda line: None)
    device.take = lambda data: None  # type: ignore[method-assign]
    began = time.monotonic()
    with (
        Chatter(device, b"$GPGGA,123519,4807.038,N\r\n"),
        pytest.raises(LinkError, match="no shell prompt within"),
    ):
        client.wait_ready(timeout=0.5)
    assert time.monotonic() - began < 3


def test_a_device_that_goes_away_is_said_at_once():
    client, device = client_of(lambda line: device.connection.shutdown(2))
    with pytest.raises(LinkError, match="the device is gone"):
        client.command("kernel reboot cold")
    began = time.monotonic()
    with pytest.raises(LinkError, match="the device is gone"):
        client.wait_ready()
    assert time.monotonic() - began < 3


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


@pytest.mark.parametrize(
    "line", ["x" * 61, "tintin info\ntintin save", "tintin\rinfo", "µ", "a\tb"]
)
def test_a_line_that_the_device_cannot_take_is_not_sent(line):
    client, device = client_of(lambda line: b"")
    with pytest.raises(LinkError, match="not a line"):
        client.command(line)
    assert device.lines == []
