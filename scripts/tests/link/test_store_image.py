# SPDX-License-Identifier: Apache-2.0
"""A store's bytes as SPEC.md has them."""

import struct
import zlib

import pytest

from tintin.link import LinkError
from tintin.link.store import newest

HALF = 4096
RECORD = b"TTIN" + bytes(range(101))


def slot(sequence, record=RECORD, companions=()):
    record += struct.pack("<I", zlib.crc32(record))
    beside = b""
    for tag, data in companions:
        beside += struct.pack("<4sI", tag, len(data)) + data + b"\xff" * (-len(data) % 4)
    sums = (zlib.crc32(record[:-4]), len(beside), zlib.crc32(beside))
    words = struct.pack("<7I", 0x544F4C53, sequence, len(record), *sums, 0)
    mark = words + struct.pack("<I", zlib.crc32(words))
    padding = b"\xff" * (-len(record) % 4)
    return (mark + b"\xff" * 32 + record + padding + beside).ljust(HALF, b"\xff")


def test_the_newest_slot_is_read_with_what_lies_beside_the_record():
    saved = newest(slot(3) + slot(4, companions=[(b"TLRN", b"12345"), (b"PIPE", b"")]))
    assert saved.sequence == 4
    assert saved.record[:-4] == RECORD
    assert saved.companions == {"TLRN": b"12345", "PIPE": b""}


@pytest.mark.parametrize("offset", [5, 70, 64 + len(RECORD) + 4 + 3 + 9])
def test_a_damaged_slot_gives_way_to_the_other(offset):
    newer = bytearray(slot(4, companions=[(b"TLRN", b"12345")]))
    newer[offset] ^= 1
    assert newest(bytes(newer) + slot(3)).sequence == 3


@pytest.mark.parametrize("flash", [bytes(2 * HALF), b"\xff" * 2 * HALF])
def test_an_empty_store_is_said(flash):
    with pytest.raises(LinkError, match="nothing was saved"):
        newest(flash)
