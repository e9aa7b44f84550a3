# SPDX-License-Identifier: Apache-2.0
"""Labelled samples as the engine reads them: int8, one row a sample."""

from tintin.data.activity import activity
from tintin.data.bearing import bearing
from tintin.data.centring import FEATURE_EXP
from tintin.data.dataset import IMAGE_EXP, Dataset, image_to_int8
from tintin.data.digits import digits, digits_pixels
from tintin.data.mnist import fashion_mnist, mnist
from tintin.data.npz import npz
from tintin.data.sources import load

__all__ = [
    "FEATURE_EXP",
    "IMAGE_EXP",
    "Dataset",
    "activity",
    "bearing",
    "digits",
    "digits_pixels",
    "fashion_mnist",
    "image_to_int8",
    "load",
    "mnist",
    "npz",
]
