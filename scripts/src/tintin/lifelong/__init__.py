# SPDX-License-Identifier: Apache-2.0
"""Learning for years on this computer: scenarios, methods, metrics and a report."""
