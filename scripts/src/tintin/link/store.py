# SPDX-License-Identifier: Apache-2.0
"""What a device's flash holds: SPEC.md, "The store"."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from tintin.link.errors import LinkError

MAGIC = 0x544F4C53
MARK = struct.Struct("<8I")
HEADER = struct.Struct("<4sI")
RECORD = 64  # offset in a slot


@dataclass(frozen=True)
class Saved:
    """What was saved at one moment: the network, and by their tags what lay beside it."""

    sequence: int
    record: bytes
    companions: dict[str, bytes]


def newest(flash: bytes) -> Saved:
    """The newest whole slot of a store of two slots. Raises LinkError where nothing was saved."""
    half = len(flash) // 2
    found = [saved for at in (0, half) if (saved := _slot(flash[at : at + half])) is not None]
    if not found:
        raise LinkError("nothing was saved in this flash")
    return max(found, key=lambda saved: saved.sequence)


def _slot(slot: bytes) -> Saved | None:
    """A slot's content; None where it is not whole."""
    magic, sequence, size, crc, beside, beside_crc, _, mark_crc = MARK.unpack_from(slot)
    if magic != MAGIC or zlib.crc32(slot[: MARK.size - 4]) != mark_crc:
        return None
    record = slot[RECORD : RECORD + size]
    start = RECORD + _whole_words(size)
    companions = slot[start : start + beside]
    whole = zlib.crc32(record[:-4]) == crc and record[-4:] == struct.pack("<I", crc)
    if not whole or (beside and zlib.crc32(companions) != beside_crc):
        return None
    return Saved(sequence, record, _companions(companions))


def _companions(data: bytes) -> dict[str, bytes]:
    found, at = {}, 0
    while at + HEADER.size <= len(data):
        tag, size = HEADER.unpack_from(data, at)
        at += HEADER.size
        found[tag.decode("latin-1")] = data[at : at + size]
        at += _whole_words(size)
    return found


def _whole_words(size: int) -> int:
    return (size + 3) & ~3
