# SPDX-License-Identifier: Apache-2.0
"""The record: SPEC.md's bytes, and a reason for every damaged one."""

import errno
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import models
from tintin import record as records
from tintin._engine import ffi
from tintin.engine import EngineError, Network, arena_size, record_check
from tintin.errors import ModelError
from tintin.model import Conv2d, Dense, MaxPool, Model, Rate
from tintin.planes import LayerData, LayerState, Planes, Scale

SMALL = Model((4, 4, 1), [Conv2d(2, 3, relu=True), MaxPool(2), Dense(3)], rate=Rate(9, 4))


def small():
    return records.write(SMALL, 7)


def repaired(data):
    """The same bytes with a CRC, and a shape hash, that match."""
    layers = data[6]
    shape = zlib.crc32(data[16:24] + data[64 : 64 + 32 * layers])
    body = data[:12] + struct.pack("<I", shape) + data[16:-4]
    return body + struct.pack("<I", zlib.crc32(body))


def changed(data, offset, value):
    return data[:offset] + bytes([value]) + data[offset + 1 :]


def reason_of(data):
    with pytest.raises(EngineError) as caught:
        record_check(data)
    return caught.value.errno


def test_the_header_lies_where_the_specification_says():
    data = small()
    fields = struct.unpack_from("<4sHBbII3HHIIIBb26s", data)
    assert fields[:4] == (b"TTIN", 1, 3, -7)
    assert fields[4] == len(data)
    assert fields[5] == zlib.crc32(data[16:24] + data[64:160])
    assert fields[6:10] == (4, 4, 1, 3)
    assert fields[10:12] == (0, 0)
    assert fields[13:] == (9, 4, bytes(26))


def test_the_layer_table_and_state_lie_where_the_specification_says():
    data = small()
    assert struct.unpack_from("<BBBB2H2B4BH3H10s", data, 64) == (
        *(2, 1, 8, 0),
        *(3, 3),
        *(1, 1),
        *(0, 0, 0, 0),
        0,
        *(2, 2, 2),
        bytes(10),
    )
    assert struct.unpack_from("<BBBB2H2B4BH3H10s", data, 96)[0:8] == (3, 0, 0, 0, 2, 2, 2, 2)
    conv, pool, dense = (data[160 + 16 * i :][:8] for i in range(3))
    assert conv == bytes([6 + 4 // 2, 0, 0, 0, 6 + 2 // 2, 0, 0, 0])  # K = 9, O = 2
    assert pool == bytes(8)
    assert dense == bytes([0, 0, 0, 0, 6 + 2 // 2, 0, 0, 0])  # O = 3; logits are not quantised


def test_weights_and_fractions_are_padded_to_four_bytes_and_the_crc_is_last():
    data = small()
    sizes = [2 * 4, 20, 20, 3 * 4, 8, 8]  # biases, 18 weights, 18 fractions; biases, 6, 6
    assert len(data) == 64 + 3 * 32 + 3 * 16 + sum(sizes) + 4
    assert struct.unpack_from("<I", data, len(data) - 4)[0] == zlib.crc32(data[:-4])
    content = records.read(data)
    first = content.layers[0].planes
    at = 64 + 96 + 48
    assert data[at : at + 8] == first.bias.astype("<i4").tobytes()
    assert data[at + 8 : at + 26] == first.weight.tobytes()
    assert data[at + 28 : at + 46] == first.fraction.tobytes()


@pytest.mark.parametrize(
    ("dtype", "structure"),
    [
        (records.HEADER, "struct tintin_header"),
        (records.ENTRY, "struct tintin_layer_entry"),
        (records.STATE, "struct tintin_layer_state"),
    ],
)
def test_the_writer_lays_structures_out_as_the_c_headers_do(dtype, structure):
    fields = {name: field.offset for name, field in ffi.typeof(structure).fields}
    parts = {"kernel_h": "kernel", "stride_h": "stride", "pad_top": "pad"}
    offsets = {parts.get(name, name): offset for name, offset in fields.items()}
    assert dtype.itemsize == ffi.sizeof(structure)
    for name in dtype.names:
        assert dtype.fields[name][1] == offsets[name], name


@given(models(), st.integers(1, 2**32 - 1))
def test_a_record_read_and_written_again_is_the_same_bytes(model, seed):
    data = records.write(model, seed)
    content = records.read(data)
    assert content.model == model
    assert records.pack(content) == data
    lean = records.pack(content.without_fractions())
    assert records.pack(records.read(lean)) == lean


@given(models(), st.integers(0, 2**16))
def test_state_step_parent_and_generator_survive(model, seed):
    rs = np.random.RandomState(seed)
    content = records.read(records.write(model, 1))

    def state(old):
        scales = [Scale(int(rs.randint(31)), int(rs.randint(2)), int(rs.randint(64))) for _ in "ab"]
        return LayerState(*scales, int(rs.randint(-20, 11)), int(rs.randint(8)))

    layers = tuple(LayerData(state(data.state), data.planes) for data in content.layers)
    step, parent, rng = (int(n) for n in rs.randint(1, 2**31, 3))
    written = records.Record(model, layers, step, parent, rng)
    back = records.read(records.pack(written))
    assert (back.step, back.parent, back.rng) == (step, parent, rng)
    assert [data.state for data in back.layers] == [data.state for data in layers]


def test_four_fraction_bits_share_a_byte_the_first_in_the_low_nibble():
    model = Model((1, 1, 3), [Dense(2, fraction_bits=4)])
    fraction = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    planes = Planes(np.ones((2, 3), np.int8), np.zeros(2, np.int32), fraction)
    data = records.write(model, [LayerData(LayerState(), planes)])
    assert data[-8:-4] == bytes([0x21, 0x43, 0x65, 0])
    assert Network(data).weights(0).fraction.tolist() == fraction.tolist()
    assert Network(data).weights(0).packed.tolist() == [0x21, 0x43, 0x65]


def test_random_weights_are_the_same_bytes_on_every_computer():
    assert small() == records.write(SMALL, 7)
    assert records.write(SMALL, 7) != records.write(SMALL, 8)
    content = records.read(small())
    assert content.rng == 343950236
    assert content.layers[0].planes.weight[0].tolist() == [-52, -41, 42, 22, 17, -1, -46, -33, -14]


def test_a_truncated_record_is_damaged_at_every_length():
    data = small()
    for n in range(len(data)):
        expected = errno.ENOEXEC if n < 64 else errno.EBADMSG
        assert reason_of(data[:n]) == expected, n


def test_a_flipped_bit_is_noticed_in_every_byte():
    data = small()
    for i in range(len(data)):
        expected = errno.ENOEXEC if i < 4 else errno.ENOTSUP if i < 6 else errno.EBADMSG
        for bit in range(8):
            assert reason_of(changed(data, i, data[i] ^ 1 << bit)) == expected, (i, bit)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", errno.ENOEXEC),
        (b"\x7fELF" + bytes(200), errno.ENOEXEC),
        (bytes(4096), errno.ENOEXEC),
        (repaired(changed(small(), 4, 2)), errno.ENOTSUP),  # a newer format
        (repaired(changed(small(), 64, 9)), errno.ENOTSUP),  # a layer kind that is not known
        (repaired(changed(small(), 40, 1)), errno.EPROTO),  # reserved bytes
        (repaired(changed(small(), 67, 1)), errno.EPROTO),
        (repaired(changed(small(), 36, 7)), errno.EPROTO),  # rate
        (repaired(changed(small(), 80, 3)), errno.EPROTO),  # an output that does not follow
        (repaired(changed(small(), 22, 4)), errno.EPROTO),  # classes
        (repaired(changed(small(), 64 + 64 + 1, 1)), errno.EPROTO),  # ReLU on the last layer
        (repaired(changed(small(), 160, 31)), errno.EPROTO),  # a shift beyond 30
        (repaired(changed(small(), 64 + 96 + 48 + 8, 0x80)), errno.EPROTO),  # a weight of -128
    ],
)
def test_foreign_newer_and_contradicting_records_are_told_apart(data, expected):
    assert reason_of(data) == expected


def test_no_random_number_generator_may_stand_still():
    data = small()
    assert reason_of(repaired(data[:32] + bytes(4) + data[36:])) == errno.EPROTO


def test_a_network_beyond_an_overflow_bound_cannot_be_written():
    model = Model((1, 1, 40000), [Dense(2)])
    with pytest.raises(EngineError, match="overflow bound") as caught:
        records.write(model, 1)
    assert caught.value.errno == errno.ERANGE


def test_weights_of_another_shape_cannot_be_written():
    content = records.read(small())
    with pytest.raises(ModelError, match="3 layers, but weights of 2"):
        records.write(SMALL, content.layers[:2])
    swapped = [content.layers[2], content.layers[1], content.layers[0]]
    with pytest.raises(ModelError, match=r"layer 0: needs weights \[2, 9\] and 2 biases"):
        records.write(SMALL, swapped)


def test_seed_0_is_refused():
    with pytest.raises(ModelError, match="seed 0"):
        records.write(SMALL, 0)


def test_bytes_after_a_record_are_not_its_own():
    data = small()
    assert record_check(data + b"tail") == len(data)
    assert records.pack(records.read(data + b"tail")) == data
    assert arena_size(data + b"tail") == arena_size(data)
