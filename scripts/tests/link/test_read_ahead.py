# SPDX-License-Identifier: Apache-2.0
"""A device may say whatever it likes at any time: nothing waits for the host to listen."""

from __future__ import annotations

import threading
import time

import pytest

from devices import BoardDevice, pair
from tintin.link import Board, LinkError
from tintin.link.read_ahead import ReadAhead

LINES = b"[00:00:46.860,000] <wrn> tintin: drift: the loss moved, at window 1095\r\n" * 8


@pytest.fixture(name="ends")
def _ends():
    near, far = pair()
    port = ReadAhead(near, keep=10_000)
    yield port, far
    port.close()
    far.close()


def said_one_by_one(far, data):
    """A UART's bytes as QEMU passes them on; a thread that ends when the last has gone out."""
    pieces = [data[at : at + 1] for at in range(len(data))]
    thread = threading.Thread(target=lambda: [far.sendall(p) for p in pieces], daemon=True)
    thread.start()
    return thread


def test_a_log_on_the_shell_does_not_keep_the_sensor_from_answering():
    (shell, far_shell), (sensor, far_sensor) = pair(), pair()
    device = BoardDevice(far_shell, far_sensor)
    device.shell.piece = 1
    taken = device.sensor.on_readings

    def say_and_take(readings):
        device.shell.say(LINES)  # as the machine does: nothing else goes on meanwhile
        taken(readings)

    device.sensor.on_readings = say_and_take
    with Board(shell, sensor) as board:
        board.start()
        assert board.learn([0, 5, 0, 0], 1) == 5
    assert device.sensor.frames == 2, "the reset and the readings, nothing twice"


def test_all_goes_out_while_nobody_reads_and_all_is_there_for_who_reads_later(ends):
    port, far = ends
    said_one_by_one(far, LINES).join(5)
    deadline, data = time.monotonic() + 5, b""
    while len(data) < len(LINES) and time.monotonic() < deadline:
        data += port.read(0.1)
    assert data == LINES


def test_of_a_device_that_never_ends_the_newest_is_kept(ends):
    port, far = ends
    far.sendall(bytes(50_000) + b"the end")
    time.sleep(0.3)
    data = port.read(1)
    assert len(data) <= 10_000
    assert data.endswith(b"the end")


def test_what_was_said_before_the_device_went_away_is_read_before_the_error(ends):
    port, far = ends
    far.sendall(b"last words")
    far.close()
    data = b""
    while len(data) < len(b"last words"):
        data += port.read(1)
    assert data == b"last words"
    for _ in range(2):
        with pytest.raises(LinkError, match="the device is gone"):
            port.read(1)


def test_a_reader_waits_as_long_as_told_and_not_longer_than_it_must(ends):
    port, far = ends
    for timeout in (0, 0.1):
        began = time.monotonic()
        assert port.read(timeout) == b""
        assert time.monotonic() - began >= timeout
    threading.Timer(0.05, far.sendall, (b"now",)).start()
    began = time.monotonic()
    assert port.read(600) == b"now"
    assert time.monotonic() - began < 600


def test_closing_ends_the_thread_and_gives_the_port_back():
    near, far = pair()
    before = threading.active_count()
    port = ReadAhead(near)
    assert threading.active_count() == before + 1
    port.close()
    assert threading.active_count() == before
    far.settimeout(1)
    assert far.recv(1) == b""
