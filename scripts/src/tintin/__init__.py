# SPDX-License-Identifier: Apache-2.0
"""Tin-Tin: train neural networks on microcontrollers, in integers.

`tintin.model` describes a network, `tintin.record` writes and reads it in the device's format,
and `tintin.engine` runs and trains it on this computer with the very C code of the device.
"""

__version__ = "0.1.0"
