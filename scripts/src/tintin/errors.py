# SPDX-License-Identifier: Apache-2.0
"""What goes wrong is said in one sentence; the command line prints it and nothing else."""


class TintinError(Exception):
    """Something that the user gave, or asked for, cannot be done. `str()` is the reason."""


class ModelError(TintinError):
    """A description that is not a network."""


class ConversionError(TintinError):
    """A foreign model, or weights, that cannot become a record."""


class DataError(TintinError):
    """Samples that are absent, damaged or of the wrong shape."""
