# SPDX-License-Identifier: Apache-2.0
"""The applications' public data sets: from their archives to the files that are read here."""
