# SPDX-License-Identifier: Apache-2.0
"""What is made of the original files of each public set, on small ones of the same form."""

from __future__ import annotations

import io
import struct
import tarfile
import wave
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tintin.data.npz import arrays
from tintin.data.public import activity, bearing, gas, spectrum, words
from tintin.data.public.archive import Originals, originals
from tintin.data.public.catalogue import PUBLIC
from tintin.data.public.contents import digest
from tintin.errors import DataError


def files(content: dict[str, bytes]) -> Originals:
    return Originals(Path("archive.zip"), list(content), content.__getitem__)


@pytest.mark.parametrize("name", list(PUBLIC))
def test_what_lies_here_has_the_contents_that_downloads_are_checked_for(name: str) -> None:
    public = PUBLIC[name]
    try:
        found = arrays(public.home.find() / public.file)
    except DataError as error:
        pytest.skip(str(error))
    assert digest({key: found[key] for key in public.arrays}) == public.contents


def test_a_digest_is_of_names_types_shapes_and_values_but_not_of_order() -> None:
    x, y = np.arange(6, dtype=np.int16).reshape(2, 3), np.array([1, 2], np.uint8)
    whole = digest({"x": x, "y": y})
    assert digest({"y": y, "x": x.astype(">i2")}) == whole
    others = ({"x": x.T, "y": y}, {"x": x.astype(np.int32), "y": y}, {"x": x, "z": y})
    assert len({whole, *map(digest, others), digest({"x": x + 1, "y": y})}) == 5


def test_gas_is_logarithms_with_a_sign() -> None:
    row = "3;50.0 " + " ".join(f"{i}:{v}" for i, v in enumerate([-3.0, 1.0, *[0.0] * 126], 1))
    made = gas.convert(files({f"Dataset/batch{n}.dat": f"{row}\n".encode() for n in gas.BATCHES}))
    assert made["X_slog"][0, :3].tolist() == [-2048, 1024, 0]
    assert made["y"].tolist() == [2] * 8
    assert made["batch"].tolist() == list(gas.BATCHES)


def sound(values: list[int], rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.array(values, "<i2").tobytes())
    return file.getvalue()


def test_words_are_recordings_one_after_another() -> None:
    content = {"a/7_theo_12.wav": sound([3, -4]), "a/7_george_4.wav": sound([5, 6, 7])}
    made = words.convert(files(content | {"a/README.md": b""}))
    assert made["audio"].tolist() == [5, 6, 7, 3, -4]
    assert made["offset"].tolist() == [0, 3, 5]
    assert (made["y"].tolist(), made["speaker"].tolist()) == ([7, 7], [0, 1])
    assert made["split"].tolist() == [1, 0]
    with pytest.raises(DataError, match="rate"):
        words.convert(files({"7_theo_12.wav": sound([1], 44100)}))


def test_activity_is_windows_of_labelled_segments() -> None:
    lines = "".join(f"{i / 720} 0 1\n" for i in range(400)).encode()
    content = {
        "RawData/acc_exp01_user02.txt": lines,
        "RawData/gyro_exp01_user02.txt": lines,
        "RawData/labels.txt": b"1 2 5 11 202\n1 2 7 203 300\n",
        "Test/subject_id_test.txt": b"2\n2\n",
    }
    made = activity.convert(files(content))
    assert made["sig"].shape == (400, 6)
    assert made["sig"][9].tolist() == [9, 0, 720, round(9 / 720 * 2048), 0, 2048]
    assert made["start"].tolist() == [10, 74, 187]  # two that overlap by half, one in the middle
    assert made["y"].tolist() == [4, 4, 6]
    assert (made["user"].tolist(), made["split"].tolist()) == ([2] * 3, [1] * 3)


def matlab(name: str, values: np.ndarray) -> bytes:
    """As MATLAB 5 has one matrix of doubles."""

    def element(kind: int, body: bytes) -> bytes:
        return struct.pack("<II", kind, len(body)) + body + bytes(-len(body) % 8)

    parts = [
        element(6, struct.pack("<II", 6, 0)),
        element(5, struct.pack("<ii", len(values), 1)),
        element(1, name.encode()),
        element(9, values.astype("<f8").tobytes()),
    ]
    return bytes(124) + b"\x00\x01IM" + element(14, b"".join(parts))


def test_bearing_is_windows_of_drive_end_recordings() -> None:
    t = np.arange(3 * 1024 + 5)
    content = {"normal_0_97.mat": matlab("X097_DE_time", np.sin(2 * np.pi * t / 64))}
    for load in range(4):
        for number, fault in enumerate(bearing.CLASSES[1:], 100):
            signal = matlab(f"X{number}_DE_time", np.full(len(t), number / 4096))
            content[f"12k_Drive_End_{fault}_{load}_{number}.mat"] = signal
    made = bearing.convert(files(content))
    assert made["X"].shape == (36 * 3, 1024)  # a quarter of "normal" is less than a window
    assert made["X"][:, 0].tolist() == [100 + i // 3 % 9 for i in range(108)]
    assert made["y"][:7].tolist() == [1, 1, 1, 2, 2, 2, 3]
    assert made["load"][[0, 26, 27, 107]].tolist() == [0, 0, 1, 3]
    assert made["split"][:6].tolist() == [0, 0, 1, 0, 0, 1]
    assert not made["bands"].any()  # a level is no vibration


def test_a_quarter_of_the_rate_keeps_what_is_slow_and_loses_what_is_fast() -> None:
    t = np.arange(4000)
    slow, fast = np.sin(2 * np.pi * t / 64), np.sin(2 * np.pi * t / 5)
    kept = bearing._decimated(slow + fast)
    assert np.abs(kept - slow[::4])[30:-30].max() < 0.01


def test_spectrum_is_statistics_of_the_same_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectrum, "DOMAINS", ("bpsk_2MHz",))
    lines = {name: "\n".join(f"{2**i}" for _ in range(1000)) for i, name in enumerate("ab")}
    monkeypatch.setattr(spectrum, "FEATURES", tuple(lines))
    monkeypatch.setattr(spectrum, "OFFSET", np.array([0, 3]))
    where = "x/sim_usrp_bpsk_fs2mhz_Ns25ks"
    states = ["off", *(f"m{n}_0dbm" for n in range(71, 101))]
    content = {f"{where}_{f}_{s}.dat": t.encode() for f, t in lines.items() for s in states}
    made = spectrum.convert(files(content))
    assert made["X"].shape == (1000 + 30 * 100, 2)
    assert made["X"][5].tolist() == [0, -2 * 2048]
    assert made["pgen_dbm"][[999, 1000, 1100, 3999]].tolist() == [0, -100, -99, -71]
    assert made["segment"][1000:1003].tolist() == [0, 10, 20]
    assert made["y"].sum() == 3000
    content[f"{where}_a_off.dat"] = b"1\n"
    with pytest.raises(DataError, match="1 lines, not 1000"):
        spectrum.convert(files(content))


def test_an_archive_is_a_zip_a_tar_or_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.dat").write_bytes(b"here")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.write(folder / "a.dat", "top/a.dat")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tape:
        tape.add(folder, "top")
    for where in (tmp_path / "unpacked", tmp_path / "a.zip", tmp_path / "a.tar.gz"):
        with originals(where) as found:
            assert found.read("a.dat") == b"here"
            with pytest.raises(DataError, match="no files in it are called b"):
                found.read("b.dat")
    (tmp_path / "page.html").write_text("<html>")
    with pytest.raises(DataError, match="not a zip"), originals(tmp_path / "page.html"):
        pass
