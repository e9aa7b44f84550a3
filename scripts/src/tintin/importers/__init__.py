# SPDX-License-Identifier: Apache-2.0
"""Readers of foreign models: each yields a float model and refuses the rest by name."""
