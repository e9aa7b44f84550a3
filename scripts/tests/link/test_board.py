# SPDX-License-Identifier: Apache-2.0
"""A board is taught and examined window by window, and `tintin run` does it for a user."""

from __future__ import annotations

import itertools
import json
import socket

import numpy as np
import pytest
from typer.testing import CliRunner

from devices import BoardDevice, pair
from tintin.cli import app
from tintin.errors import DataError
from tintin.link import Board, DeviceError, LinkError, board
from tintin.link.readings import load
from tintin.link.session import Samples, examine, teach
from tintin.link.tasks import split
from tintin.rate import Rate

X = np.array([[0, 1, 0, 0], [2, 0, 0, 0], [0, 0, 3, 0], [1, 1, 1, 1]], dtype=np.int16)
Y = np.array([1, 2, 3, 0], dtype=np.uint16)


@pytest.fixture(name="both")
def _both():
    shell, far_shell = pair()
    sensor, far_sensor = pair()
    device = BoardDevice(far_shell, far_sensor)
    with Board(shell, sensor) as opened:
        opened.start()
        yield opened, device


def test_windows_are_learned_in_the_order_of_their_labels(both):
    opened, device = both
    hits = teach(opened, Samples(X, Y), lambda hit: None)
    assert hits == 3
    assert device.learned == [(x.tolist(), y) for x, y in zip(X, Y, strict=True)]
    assert opened.settle()["learned"] == 4


def test_examining_teaches_nothing(both):
    opened, device = both
    assert examine(opened, Samples(X, Y)) == 0.75
    assert device.learned == []
    assert device.windows == X.tolist()


def test_a_class_is_closed_and_time_given_to_learn_from_the_buffer(both):
    opened, device = both
    opened.close_classes(3)
    opened.close_classes()
    device.refuse["train"] = iter([-16])
    opened.idle()
    assert device.closed == ["3", "all"]
    assert device.idled == 1


def test_a_window_that_is_not_there_yet_and_a_full_queue_are_waited_for(both):
    opened, device = both
    device.refuse["label"] = iter([-11, -16, -11])
    assert opened.learn([0, 5, 0, 0], 1) == 5
    assert device.learned == [([0, 5, 0, 0], 1)]


def test_other_refusals_are_the_users(both):
    opened, device = both
    device.refuse["label"] = iter([-33])
    with pytest.raises(DeviceError, match="not now"):
        opened.learn([0, 5, 0, 0], 99)


def test_a_device_that_lost_its_windows_is_noticed(both, monkeypatch):
    monkeypatch.setattr(board, "PATIENCE", 0.1)
    opened, device = both
    opened.predict([1, 0, 0, 0])
    device.restart()
    with pytest.raises(LinkError, match="window 2 was fed, but the device stands at 1"):
        opened.predict([1, 0, 0, 0])


@pytest.mark.parametrize("length", [3, 5, 0])
def test_a_window_of_the_wrong_length_is_refused_and_not_fed(both, length):
    opened, device = both
    with pytest.raises(LinkError, match=f"takes 4 values, not {length}"):
        opened.learn([1] * length, 1)
    assert opened.predict([2, 0, 0, 0]) == 2
    assert device.windows == [[2, 0, 0, 0]]


def test_windows_fed_before_the_start_are_counted(both):
    opened, device = both
    opened.learn([1, 0, 0, 0], 1)
    opened.start()
    opened.learn([2, 0, 0, 0], 2)
    assert device.learned == [([1, 0, 0, 0], 1), ([2, 0, 0, 0], 2)]


def test_windows_have_numbers_that_counters_set_to_0_do_not_change(both):
    opened, device = both
    opened.learn([1, 0, 0, 0], 1)
    device.forgotten = 1  # tintin stats reset
    opened.start()
    opened.learn([2, 0, 0, 0], 2)
    assert device.learned == [([1, 0, 0, 0], 1), ([2, 0, 0, 0], 2)]


def test_what_is_queued_is_waited_for(both, monkeypatch):
    opened, device = both
    pending = iter([3, 2, 1])
    monkeypatch.setattr(device, "_stats", lambda: {"pending": next(pending, 0), "learned": 3})
    assert opened.settle() == {"ok": True, "pending": 0, "learned": 3}


def test_a_queue_that_is_never_done_is_an_error_in_time(both, monkeypatch):
    monkeypatch.setattr(board, "PATIENCE", 0.1)
    opened, device = both
    monkeypatch.setattr(device, "_stats", lambda: {"pending": 2})
    with pytest.raises(LinkError, match="2 labels are still not learned"):
        opened.settle()


def test_a_queue_that_stays_full_is_the_devices_error_in_time(both, monkeypatch):
    monkeypatch.setattr(board, "PATIENCE", 0.1)
    opened, device = both
    device.refuse["label"] = itertools.repeat(-16)
    with pytest.raises(DeviceError, match="not now") as caught:
        opened.learn([0, 5, 0, 0], 1)
    assert caught.value.errno == -16
    assert device.learned == []


@pytest.mark.parametrize("rate", [1 / 16, 1 / 128, 0.1, 2**-19, 256])
def test_a_rate_reaches_the_device_as_it_is(both, rate):
    opened, device = both
    opened.set_rate(rate)
    assert Rate.of(device.rate) == Rate.of(rate)


def test_half_a_window_from_before_is_dropped_at_the_start(both):
    opened, _ = both
    opened.sensor.feed([9])
    opened.start()
    assert opened.predict([1, 2, 0, 0]) == 2


def serve(path):
    """The device's end of a Unix socket, when somebody has connected."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    return server


def run(*arguments):
    return CliRunner().invoke(app, ["run", *(str(a) for a in arguments)])


@pytest.fixture(name="served")
def _served(tmp_path, monkeypatch):
    """Options that lead to a board and its data; the board, once it is connected."""
    ends = {name: serve(tmp_path / name) for name in ("shell", "sensor")}
    opened = {}
    open_port = board.open_port

    def connect(name):
        port = open_port(name)
        end = name.rpartition("/")[2]
        opened[end] = ends[end].accept()[0]
        if len(opened) == 2:
            opened["device"] = BoardDevice(opened["shell"], opened["sensor"])
        return port

    monkeypatch.setattr(board, "open_port", connect)
    monkeypatch.setattr(board.ShellClient, "wait_ready", lambda self: None)
    np.savez(tmp_path / "d.npz", x=X, y=Y, x_test=X, y_test=Y)
    ports = ("--shell", f"unix:{tmp_path}/shell", "--sensor", f"unix:{tmp_path}/sensor")
    return (*ports, "--data", tmp_path / "d.npz"), opened


def test_tintin_run_teaches_a_board_and_reports(served, tmp_path):
    options, opened = served
    plot = tmp_path / "c.png"
    result = run(*options, "--passes", 2, "--lr", 0.25, "--plot", plot, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["samples"], told["accuracy_after"], told["saved"]["step"]) == (8, 0.75, 8)
    assert opened["device"].rate == 0.25
    assert len(opened["device"].learned) == 8
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_tintin_run_learns_task_by_task_and_examines_all_after_each(served, tmp_path):
    options, opened = served
    result = run(*options, "--tasks", 2, "--plot", tmp_path / "c.png", "--json")
    assert result.exit_code == 0, result.output
    told, device = json.loads(result.stdout), opened["device"]
    assert device.closed == ["all"]
    assert device.training
    assert [sorted(y for _, y in device.learned[at : at + 2]) for at in (0, 2)] == [[0, 1], [2, 3]]
    assert told["tasks"] == [[0, 1], [2, 3]]
    assert told["accuracy"] == [[0.5, 1.0], [0.5, 1.0]]
    assert (told["average_accuracy"], told["forgetting"]) == (0.75, 0.0)
    assert (told["samples"], told["prequential_accuracy"]) == (4, 0.75)
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


def test_tasks_are_told_in_words_too(served):
    said = run(*served[0], "--tasks", 3).stdout
    assert "after 0, 1, 2:  66.67% 100.00%" in said
    assert "average accuracy 83.33%, forgetting 0.00%, right before learning 75.00%" in said
    assert "replay: 4 steps, 1 states kept, 0 rolled back, 1 drift alarms" in said


def test_a_task_that_cannot_be_examined_is_refused(tmp_path):
    np.savez(tmp_path / "d.npz", x=X, y=Y, x_test=X[:3], y_test=Y[:3])
    with pytest.raises(DataError, match="no test sample of class 0"):
        split(load(str(tmp_path / "d.npz")), 2, seed=1)


def test_tintin_run_needs_a_device():
    result = run("--data", "digits", "--json")
    assert result.exit_code != 0
    assert "--elf" in json.loads(result.stdout)["error"]


@pytest.mark.parametrize("port", ["unix:/nowhere/at/all", "/dev/nowhere", "socket://127.0.0.1:1"])
def test_a_port_that_is_not_there_is_one_clear_error(port):
    result = run("--shell", port, "--sensor", port)
    assert result.exit_code != 0
    assert f"{port} cannot be opened" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"x_test": None}, "no x_test in it"),
        ({"y": Y[:3]}, "need [N, ...] and [N]"),
        ({"x_test": X[:0], "y_test": Y[:0]}, "need [N, ...] and [N]"),
        ({"x": np.int16(3)}, "need [N, ...] and [N]"),
        ({"x": X / 2}, "whole numbers, not float64"),
        ({"x_test": X.astype(np.int32) + 40000}, "16 bits, and x goes from 40000 to 40003"),
        ({"y": Y.astype(np.int16) - 1}, "class numbers from 0"),
        ({"y_test": Y / 2}, "class numbers from 0"),
    ],
)
def test_data_that_no_sensor_could_read_is_refused_before_anything_is_fed(tmp_path, change, why):
    given = {"x": X, "y": Y, "x_test": X, "y_test": Y, **change}
    path = tmp_path / "d.npz"
    np.savez(path, **{name: value for name, value in given.items() if value is not None})
    result = run("--data", path, "--shell", "x", "--sensor", "y", "--json")
    assert result.exit_code == 2
    assert why in json.loads(result.stdout)["error"]


def test_windows_of_any_shape_are_read_in_memory_order(tmp_path):
    path = tmp_path / "d.npz"
    np.savez(path, x=X.reshape(4, 2, 2), y=Y, x_test=X.astype(np.uint8), y_test=Y)
    loaded = load(str(path)).first(3)
    assert loaded.train.x.tolist() == loaded.test.x.tolist() == X[:3].tolist()
    assert loaded.train.y.tolist() == Y[:3].tolist()


def test_its_help_names_every_option():
    said = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "100"}).output
    for option in (
        "--elf",
        "--shell",
        "--sensor",
        "--data",
        "--passes",
        "--limit",
        "--tasks",
        "--json",
    ):
        assert option in said
