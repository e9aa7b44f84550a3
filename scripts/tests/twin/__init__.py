# SPDX-License-Identifier: Apache-2.0
"""The twin: the engine's arithmetic once more, in NumPy.

Written from modules/tintin/DESIGN.md and SPEC.md alone, never from the C, so that a test which
finds both equal in every bit says something. Everything is computed in int64 and asserted to fit
int32: where the twin runs, the engine cannot overflow.
"""
