# SPDX-License-Identifier: Apache-2.0
"""Readings reach the sensor whole, once and in order, whatever the line does to them."""

from __future__ import annotations

import itertools
import random
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import SensorDevice, crc16, pair
from tintin.link import LinkError, SensorFeed, sensor
from tintin.link.sensor import frame

TRICKS = ("fine", "frame lost", "frame damaged", "reply lost", "reply twice", "garbage", "full")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(sensor, "REPLY_TIMEOUT", 0.05)


def feed_to(tricks=(), channels=1, patience=5.0, tries=sensor.TRIES):
    port, there = pair()
    device = SensorDevice(there, tricks)
    device.start()
    return SensorFeed(port, channels, patience, tries), device


def test_a_frame_is_what_the_protocol_says():
    assert crc16(b"123456789") == 0x29B1
    body = b"\x02\x01\x34\x12"
    assert frame(1, b"\x34\x12") == b"\x7e" + body + crc16(body).to_bytes(2, "little")


def test_readings_arrive_in_order():
    feed, device = feed_to()
    feed.reset()
    feed.feed([1, -2, 32767, -32768])
    assert device.readings == [1, -2, 32767, -32768]


@pytest.mark.parametrize("trick", TRICKS)
def test_each_trouble_of_the_line_is_survived(trick):
    feed, device = feed_to(["fine", trick, trick])
    for i in range(5):
        feed.feed([i, i])
    assert device.readings == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_a_reply_is_found_behind_garbage_that_looks_like_one():
    feed, device = feed_to(["garbage"])
    feed.feed([1])
    assert device.frames == 1


@pytest.mark.parametrize("seed", range(5))
def test_readings_arrive_once_over_a_line_with_every_trouble(seed):
    dice = random.Random(seed)
    feed, device = feed_to(dice.choices(TRICKS, [6, 1, 1, 1, 1, 1, 1], k=150))
    for i in range(50):
        feed.feed([i])
    assert device.readings == list(range(50)), f"replay with seed {seed}"


def test_a_long_stream_passes_the_end_of_the_sequence_numbers():
    feed, device = feed_to()
    for i in range(600):
        feed.feed([i])
    assert device.readings == list(range(600))


def test_many_readings_go_in_frames_of_whole_readings():
    feed, device = feed_to(channels=7)
    feed.feed(range(350))
    assert device.readings == list(range(350))
    assert all(n % 14 == 0 and n <= 240 for n in device.lengths)
    assert len(device.lengths) == 3


def test_a_full_fifo_is_waited_for():
    feed, device = feed_to(["full"] * 30)
    feed.feed([7])
    assert device.readings == [7]
    assert device.frames == 31


def test_a_fifo_that_stays_full_is_a_stopped_device():
    feed, device = feed_to(["full"] * 100_000, patience=0.1)
    with pytest.raises(LinkError, match="stays full"):
        feed.feed([7])
    assert device.readings == []


def test_a_silent_sensor_is_said_to_be_one():
    feed, _ = feed_to(["frame lost"] * 100)
    with pytest.raises(LinkError, match="did not accept"):
        feed.feed([7])


def test_a_device_that_a_busy_host_starves_may_be_waited_for():
    feed, device = feed_to(["frame lost"] * (sensor.TRIES + 2), tries=2 * sensor.TRIES)
    feed.feed([7])
    assert device.readings == [7]


def test_after_a_silence_a_reset_begins_anew():
    feed, device = feed_to(["frame lost"] * sensor.TRIES)
    with pytest.raises(LinkError):
        feed.feed([7])
    feed.reset()
    feed.feed([8])
    assert device.readings == [8]


def test_replies_that_come_a_byte_at_a_time_are_put_together():
    feed, device = feed_to()
    device.piece = 1
    feed.feed([1])
    feed.feed([2])
    assert device.readings == [1, 2]
    assert device.frames == 2


def test_answers_to_noise_from_before_do_not_count():
    feed, device = feed_to()
    for _ in range(5 * sensor.TRIES):
        device.say(bytes([0x7E, 0x15, 0, 0x15 ^ 0xFF]))
    feed.reset()
    feed.feed([8])
    assert device.readings == [8]


def test_a_reset_begins_the_sequence_anew():
    feed, device = feed_to()
    for start in (0, 10):
        feed.reset()
        feed.feed([start])
        feed.feed([start + 1])
    assert device.readings == [0, 1, 10, 11]


@pytest.mark.parametrize(
    ("trick", "why"), [("frame lost", "no answer"), ("frame damaged", "a reading has not 3 values")]
)
def test_why_a_frame_was_not_accepted_is_told(trick, why):
    feed, _ = feed_to([trick] * 100, channels=3)
    with pytest.raises(LinkError, match=why):
        feed.feed([1, 2, 3])


@pytest.mark.parametrize("noise", [b"\x7e", b"\x00\xff", b"\x7e\x06\x01\x00"])
def test_a_port_full_of_noise_is_given_up_in_time(noise):
    feed, device = feed_to(["frame lost"] * 100)
    enough = threading.Event()

    def rustle():
        while not enough.wait(0.002):
            device.say(noise * 8)

    thread = threading.Thread(target=rustle, daemon=True)
    thread.start()
    began = time.monotonic()
    with pytest.raises(LinkError, match="did not accept"):
        feed.reset()
    enough.set()
    thread.join()
    assert time.monotonic() - began < 5


class Told:
    """A port whose replies to the frames written are told beforehand, cut into pieces."""

    def __init__(self, pieces):
        self.pieces, self.written = list(pieces), []

    def write(self, data):
        self.written.append(data)

    def read(self, timeout):
        return self.pieces.pop(0) if self.pieces else b""


@given(
    st.binary(max_size=30).filter(lambda noise: 0x7E not in noise),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_a_reply_is_found_behind_noise_in_any_pieces(noise, cuts):
    said = noise + bytes([0x7E, 0x06, 1, 0x06 ^ 1 ^ 0xFF])
    places = sorted({min(cut, len(said)) for cut in cuts} | {0, len(said)})
    port = Told(said[a:b] for a, b in itertools.pairwise(places))
    SensorFeed(port).feed([5])
    assert len(port.written) == 1


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 7, 11, 16])
def test_a_frame_is_as_long_as_whole_readings_allow(channels):
    feed, device = feed_to(channels=channels)
    feed.feed(range(channels * 130))
    whole = 240 // (2 * channels) * 2 * channels
    assert device.readings == list(range(channels * 130))
    assert {whole, *device.lengths} == {whole, 2 * channels * 130 % whole or whole}


def test_a_window_with_one_bad_reading_is_not_sent_in_part():
    feed, device = feed_to()
    with pytest.raises(LinkError, match="does not fit"):
        feed.feed([0] * 300 + [32768])
    assert device.frames == 0


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1, 2, 3], "whole readings"),
        ([40000, 1], "does not fit"),
        ([-32769, 1], "does not fit"),
        ([0.5, 1], "whole numbers"),
    ],
)
def test_what_is_no_reading_is_refused_and_not_sent(values, why):
    feed, device = feed_to(channels=2)
    with pytest.raises(LinkError, match=why):
        feed.feed(values)
    assert device.frames == 0


def test_a_device_that_went_away_is_an_error():
    feed, device = feed_to()
    device.connection.shutdown(2)
    with pytest.raises(LinkError, match="gone"):
        feed.feed([1])
