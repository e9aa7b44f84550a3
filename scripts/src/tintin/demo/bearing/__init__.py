# SPDX-License-Identifier: Apache-2.0
"""A machine's monitor that was taught at one load meets other loads and a fault it never saw."""
