# SPDX-License-Identifier: Apache-2.0
"""What the ztest suite must come to, computed by the engine on this computer.

    python twister_tests/engine/golden.py           write golden/network.tt and golden/golden.h
    python twister_tests/engine/golden.py --check   exit with 1 where they are not what it writes

Needs the tintin package (scripts/). The samples are those of src/samples.c.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tintin.engine import Network
from tintin.layers import AvgPool, Conv2d, Dense, MaxPool
from tintin.model import Model
from tintin.rate import Rate
from tintin.record import write

FOLDER = Path(__file__).resolve().parent / "golden"
SEED = 20240704
STEPS = 200

# Every layer kind, every number of fraction bits, with and without ReLU and padding.
MODEL = Model(
    input=(8, 8, 1),
    layers=[
        Conv2d(4, (3, 3), padding=(1, 1, 1, 1), relu=True),
        MaxPool((2, 2), (2, 2)),
        Conv2d(6, (3, 3), fraction_bits=4),
        AvgPool((2, 2), (2, 2)),
        Dense(8, relu=True, fraction_bits=0),
        Dense(5),
    ],
    rate=Rate(8, 4),
)


def words(state: int) -> Iterator[int]:
    """xorshift32, as in src/samples.c."""
    while True:
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        yield state


def samples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 [n, 64] and labels [n]: the label brightens one row, the rest is noise."""
    source = words(SEED)
    x = np.zeros((n, MODEL.input_length), np.int8)
    y = np.zeros(n, np.uint16)
    for i in range(n):
        y[i] = next(source) % MODEL.classes
        for k in range(MODEL.input_length):
            noise = (next(source) >> 26) - 32
            x[i, k] = noise + (60 if k // 8 == y[i] else 0)
    return x, y


def files() -> dict[Path, bytes]:
    """The golden files by name."""
    record = write(MODEL, SEED)
    network = Network(record)
    hits = network.learn_many(*samples(STEPS))
    crc = int.from_bytes(network.save()[-4:], "little")
    header = f"""\
/* SPDX-License-Identifier: Apache-2.0 */
/* Written by golden.py: the network of network.tt after learning from so many samples. */
#define GOLDEN_STEPS {STEPS}
#define GOLDEN_HITS  {hits}
#define GOLDEN_CRC   0x{crc:08x}u /* of the saved record, its last 4 bytes */
"""
    return {FOLDER / "network.tt": record, FOLDER / "golden.h": header.encode()}


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    drifted = [path for path, data in files().items() if check and path.read_bytes() != data]
    for path in drifted:
        print(f"{path} is not what the engine on this computer gives: run golden.py")
    if not check:
        FOLDER.mkdir(exist_ok=True)
        for path, data in files().items():
            path.write_bytes(data)
    return 1 if drifted else 0


if __name__ == "__main__":
    sys.exit(main())
