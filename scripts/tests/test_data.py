# SPDX-License-Identifier: Apache-2.0
"""Data sets: the same split everywhere, and a clear word where one is absent or damaged."""

import gzip
import struct
import sys
from dataclasses import replace

import numpy as np
import pytest

from tintin.data import (
    activity,
    bearing,
    digits,
    digits_pixels,
    fashion_mnist,
    image_to_int8,
    load,
    mnist,
    npz,
)
from tintin.data.activity import features
from tintin.data.centring import Centring
from tintin.data.mnist import FASHION, FILES
from tintin.errors import DataError

MNIST_MODULE = sys.modules["tintin.data.mnist"]  # the package has a function of that name


def test_the_digits_are_split_1347_to_450_the_same_way_each_time():
    data = digits()
    assert data.x_train.shape == (1347, 64)
    assert data.x_test.shape == (450, 64)
    assert data.x_train.dtype == np.int8
    assert data.y_train[:8].tolist() == [2, 8, 2, 6, 6, 7, 1, 9]
    assert data.y_test[:8].tolist() == [0, 7, 7, 4, 7, 2, 0, 1]
    assert data.classes == 10


def test_digit_features_are_pixels_times_four():
    raw, data = digits_pixels(), digits()
    assert raw.x_train.dtype == np.uint8
    assert raw.x_train.max() == 16
    assert (data.x_test == raw.x_test.astype(int) * 4).all()
    assert (raw.y_test == data.y_test).all()


def test_without_scikit_learn_one_line_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(DataError, match="scikit-learn, which is not installed"):
        digits()


def test_an_image_byte_becomes_half_of_it():
    assert image_to_int8(np.array([0, 1, 2, 254, 255], np.uint8)).tolist() == [0, 0, 1, 127, 127]


def idx(array):
    shape = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + shape + array.tobytes()


def mnist_folder(path, compress):
    rs = np.random.RandomState(0)
    arrays = {}
    for key, name in FILES.items():
        n = 6 if "train" in key else 3
        shape = (n, 28, 28) if key.startswith("x") else (n,)
        arrays[key] = rs.randint(0, 10 if key.startswith("y") else 256, shape).astype(np.uint8)
        content = idx(arrays[key])
        file = path / (name + ".gz" if compress else name)
        file.write_bytes(gzip.compress(content) if compress else content)
    return arrays


@pytest.mark.parametrize("compress", [True, False])
def test_mnist_is_read_from_its_idx_files(tmp_path, compress):
    arrays = mnist_folder(tmp_path, compress)
    data = mnist(tmp_path)
    assert data.x_train.shape == (6, 784)
    assert (data.x_train == arrays["x_train"].reshape(6, -1) >> 1).all()
    assert (data.y_test == arrays["y_test"]).all()


def test_mnist_is_found_by_environment_or_above_the_working_folder(tmp_path, monkeypatch):
    folder = tmp_path / "shared" / "data" / "mnist"
    folder.mkdir(parents=True)
    mnist_folder(folder, True)
    (tmp_path / "repo" / "deep").mkdir(parents=True)
    monkeypatch.delenv("TINTIN_DATA", raising=False)
    monkeypatch.chdir(tmp_path / "repo" / "deep")
    assert len(mnist().y_train) == 6
    monkeypatch.chdir("/")
    monkeypatch.setenv("TINTIN_DATA", str(folder))
    assert len(mnist().y_train) == 6
    monkeypatch.setenv("TINTIN_DATA", str(folder.parent))
    assert len(mnist().y_train) == 6


def test_mnist_s_absence_is_explained(tmp_path):
    with pytest.raises(DataError, match=r"no MNIST in .*--data-dir or TINTIN_DATA"):
        mnist(tmp_path)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda content: content[:40], "truncated"),
        (lambda content: b"\x89PNG" + content, "not an idx file of bytes"),
        (lambda content: b"", "not an idx file of bytes"),
        (lambda content: bytes([0, 0, 8, 1, 0, 0, 0, 1, 5]), "do not belong together"),
    ],
)
def test_damaged_idx_files_are_refused_with_their_reason(tmp_path, damage, reason):
    mnist_folder(tmp_path, False)
    file = tmp_path / FILES["x_train"]
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DataError, match=reason):
        mnist(tmp_path)


def test_a_damaged_gz_and_a_missing_companion_are_refused(tmp_path):
    mnist_folder(tmp_path, True)
    file = tmp_path / (FILES["y_test"] + ".gz")
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    with pytest.raises(DataError, match=r"t10k-labels.*gz: "):
        mnist(tmp_path)
    file.unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte\[\.gz\] is missing"):
        mnist(tmp_path)


def saved(tmp_path, **arrays):
    path = tmp_path / "data.npz"
    np.savez(path, **arrays)
    return path


def test_an_npz_is_taken_as_int8_bytes_or_floats(tmp_path):
    y = np.arange(10)
    values = np.linspace(-1, 1, 40).reshape(10, 2, 2)
    bytes_ = np.arange(40, dtype=np.uint8).reshape(10, 4)
    cases = [
        (values, np.clip(np.rint(values.reshape(10, -1) * 128), -127, 127)),
        (bytes_, bytes_ >> 1),
        (np.full((10, 4), -128, np.int8), np.full((10, 4), -127)),
    ]
    for x, expected in cases:
        data = npz(saved(tmp_path, x=x, y=y, x_test=x, y_test=y))
        assert data.x_train.dtype == np.int8
        assert (data.x_train == expected).all()
        assert (data.y_test == y).all()


def test_an_npz_without_a_test_part_gives_a_fifth_of_it_away(tmp_path):
    x, y = np.arange(40, dtype=np.int8).reshape(10, 4), np.arange(10)
    data = npz(saved(tmp_path, x=x, y=y))
    assert (len(data.y_train), len(data.y_test)) == (8, 2)
    assert sorted([*data.y_train, *data.y_test]) == list(range(10))
    assert (data.x_train[:, 0] == data.y_train * 4).all()


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"x": np.zeros((3, 4))}, "no y in it, only x"),
        ({"x": np.zeros((3, 4)), "y": np.zeros(2, int)}, r"x \[3, 4\], y \[2\]"),
        ({"x": np.zeros((0, 4)), "y": np.zeros(0, int)}, r"need \[N, ...\] and \[N\]"),
        ({"x": np.zeros((9, 4)), "y": np.zeros(9)}, "y must be class numbers"),
        ({"x": np.zeros((9, 4)), "y": np.full(9, -1)}, "y must be class numbers"),
        ({"x": np.full((9, 4), np.nan), "y": np.zeros(9, int)}, "finite floats"),
        ({"x": np.zeros((9, 4), np.int32), "y": np.zeros(9, int)}, "not int32"),
        ({"x": np.zeros((3, 4)), "y": np.zeros(3, int)}, "too few"),
    ],
)
def test_a_wrong_npz_is_refused_with_its_reason(tmp_path, arrays, reason):
    with pytest.raises(DataError, match=reason):
        npz(saved(tmp_path, **arrays))


def test_what_is_no_npz_is_refused(tmp_path):
    path = tmp_path / "data.npz"
    for content in (b"", b"PK\x03\x04nonsense", b"hello", bytes(500)):
        path.write_bytes(content)
        with pytest.raises(DataError, match="not an npz"):
            npz(path)
    np.save(tmp_path / "one.npy", np.zeros(3))
    (tmp_path / "one.npy").rename(path)
    with pytest.raises(DataError, match="a single array"):
        npz(path)


def test_an_unknown_data_set_is_refused():
    with pytest.raises(DataError, match=r"must be digits, mnist, .* or a file that ends in \.npz"):
        load("cifar")


def test_fashion_is_never_taken_from_a_folder_of_mnist(tmp_path, monkeypatch):
    monkeypatch.setattr(MNIST_MODULE, "FASHION", replace(FASHION, system=()))
    folders = {name: tmp_path / name for name in ("mnist", "fashion-mnist")}
    for folder in folders.values():
        folder.mkdir()
    mnist_folder(folders["mnist"], True)
    for place in (tmp_path, folders["mnist"]):
        with pytest.raises(DataError, match="no Fashion-MNIST in"):
            fashion_mnist(place)
    mnist_folder(folders["fashion-mnist"], True)
    assert len(fashion_mnist(tmp_path).y_train) == 6
    assert len(fashion_mnist(folders["fashion-mnist"]).y_train) == 6


def test_fashion_is_found_where_the_system_s_package_puts_it(tmp_path, monkeypatch):
    mnist_folder(tmp_path, True)
    installed = replace(FASHION, system=(str(tmp_path),))
    monkeypatch.setattr(MNIST_MODULE, "FASHION", installed)
    assert len(fashion_mnist("/nowhere").y_train) == 6


def test_features_are_centred_and_of_like_spread():
    rs = np.random.RandomState(1)
    values = np.rint(rs.normal([500, -9, 0, 3], [3000, 7, 40, 0], (2000, 4))).astype(int)
    centre = Centring.of(values)
    x = centre(values).astype(int)
    assert (abs(x.mean(0)) < 2).all()
    spread = x.std(0)
    assert (spread[:3] > 15).all()
    assert (spread[:3] < 33).all()
    assert (x[:, 3] == 0).all()
    assert centre(np.full((1, 4), 10**6)).tolist() == [[127, 127, 127, 127]]
    assert centre(np.full((1, 4), -(10**6))).tolist() == [[-127, -127, -127, -127]]


def test_a_right_shift_rounds_and_a_left_shift_is_exact():
    centre = Centring(np.array([10, 10]), np.array([-2, 3]))
    assert centre(np.array([[12, 12], [11, 9], [8, 8]])).tolist() == [[1, 16], [0, -8], [0, -16]]


def test_the_features_of_a_window_are_what_they_are_called():
    window = np.array([[[0, 5], [4, 5], [0, 5], [-4, 5]]], np.int16)
    mean, deviation, lowest, highest, step = features(window).reshape(5, 2).tolist()
    assert (mean, deviation) == ([0, 5], [2, 0])  # sqrt(8) and 0, rounded down
    assert (lowest, highest, step) == ([-4, 5], [4, 5], [4, 0])


def hapt(path):
    rs = np.random.RandomState(2)
    path.mkdir()
    split = np.array([0, 0, 0, 1, 1, 0, 1])
    np.savez(
        path / "hapt_raw.npz",
        sig=rs.randint(-800, 800, (400, 6)).astype(np.int16),
        start=np.arange(7) * 40,
        y=np.array([0, 5, 2, 3, 6, 11, 1], np.uint8),
        split=split,
    )


def test_activity_is_split_by_subject_and_without_transitions(tmp_path):
    hapt(tmp_path / "hapt_raw")
    data = activity(tmp_path)
    assert data.x_train.shape == (3, 30)
    assert data.y_train.tolist() == [0, 5, 2]
    assert data.y_test.tolist() == [3, 1]
    assert load("activity", tmp_path / "hapt_raw").y_test.tolist() == [3, 1]


def cwru(path):
    path.mkdir()
    load_, y = np.array([0, 0, 0, 0, 1, 2, 3, 3]), np.array([0, 1, 9, 1, 2, 3, 4, 0])
    np.savez(
        path / "cwru_12k_w1024.npz",
        bands=np.arange(8 * 32).reshape(8, 32).astype(np.int16),
        y=y.astype(np.uint8),
        load=load_,
        split=np.array([0, 1, 0, 0, 1, 0, 0, 1]),
    )


def test_bearing_trains_at_load_0_and_tests_at_the_others(tmp_path):
    cwru(tmp_path / "cwru")
    data = bearing(tmp_path)
    assert data.y_train.tolist() == [8, 0, 0]  # what can be held out stands last
    assert data.y_test.tolist() == [1, 2, 3]
    assert bearing(tmp_path, [3]).y_test.tolist() == [3]
    assert data.x_train[0, 0] > data.x_train[2, 0]


@pytest.mark.parametrize(("name", "make"), [("activity", hapt), ("bearing", cwru)])
def test_an_absent_or_foreign_file_is_explained(tmp_path, name, make):
    with pytest.raises(DataError, match="--data-dir or TINTIN_DATA"):
        load(name, tmp_path)
    make(tmp_path / "set")
    (file,) = (tmp_path / "set").iterdir()
    np.savez(file, x=np.zeros(3))
    with pytest.raises(DataError, match=rf"{file.name}: no \w+ in it"):
        load(name, tmp_path / "set")
