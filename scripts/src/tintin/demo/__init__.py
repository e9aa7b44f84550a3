# SPDX-License-Identifier: Apache-2.0
"""The main job: a microcontroller that knows nothing learns digits, and keeps what it learned."""
