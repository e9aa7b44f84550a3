# SPDX-License-Identifier: Apache-2.0
"""What goes wrong is said in one sentence; the command line prints it and nothing else."""


class TintinError(Exception):
    """Something that was asked for cannot be done. `str()` is the reason."""

    exit_code = 1


class InputError(TintinError):
    """What the user gave is at fault."""

    exit_code = 2


class ModelError(InputError):
    """A description that is not a network."""


class ConversionError(InputError):
    """A foreign model, or weights, that cannot become a record."""


class DataError(InputError):
    """A record or samples that are absent, damaged or of the wrong shape."""
