# SPDX-License-Identifier: Apache-2.0
"""How many random networks a test tries.

By default a fixed set, the same each time, small enough for every run. TINTIN_TWIN_EXAMPLES=n
tries n times as many, and others each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("TINTIN_TWIN_EXAMPLES", "0"))


def examples(n: int) -> settings:
    """Settings of a test that tries n networks."""
    return settings(
        max_examples=n * max(1, TIMES),
        derandomize=TIMES == 0,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
