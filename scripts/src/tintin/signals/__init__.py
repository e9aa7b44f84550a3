# SPDX-License-Identifier: Apache-2.0
"""Applications on sensor signals: their descriptions, pipelines in C, sources and pretraining."""
