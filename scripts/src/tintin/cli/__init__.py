# SPDX-License-Identifier: Apache-2.0
"""The command line, `tintin`: one file a command."""

from tintin.cli.app import app, main

__all__ = ["app", "main"]
