# SPDX-License-Identifier: Apache-2.0
"""Compile the C engine beside the package; everything else is in pyproject.toml."""

from setuptools import setup
from setuptools.command.build_ext import build_ext


class BuildEngine(build_ext):
    """Compiles files that lie beside scripts/, which a manifest of scripts/ cannot name."""

    def get_source_files(self) -> list[str]:
        """Nothing for the manifest."""
        return []


setup(cffi_modules=["engine/build.py:builder"], cmdclass={"build_ext": BuildEngine})
