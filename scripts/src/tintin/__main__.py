# SPDX-License-Identifier: Apache-2.0
"""`python -m tintin` is the program `tintin`."""

from tintin.cli import main

main()
