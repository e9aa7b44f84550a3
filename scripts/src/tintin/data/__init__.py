# SPDX-License-Identifier: Apache-2.0
"""Labelled samples as the engine reads them: int8, one row a sample."""

from tintin.data.dataset import Dataset, image_to_int8
from tintin.data.digits import digits, digits_pixels
from tintin.data.mnist import mnist
from tintin.data.npz import npz
from tintin.data.sources import load

__all__ = ["Dataset", "digits", "digits_pixels", "image_to_int8", "load", "mnist", "npz"]
