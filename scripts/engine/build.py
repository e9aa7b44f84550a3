# SPDX-License-Identifier: Apache-2.0
"""tintin._engine: the C files of modules/tintin, the same that the device runs, for Python.

The declarations are read from the public headers, so that no structure is written down twice.
"""

import hashlib
import os
import re
from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
MODULE = HERE.parents[1] / "modules" / "tintin"
PUBLIC = [
    "error.h",
    "record.h",
    "network.h",
    "probe.h",
    "replay.h",
    "drift.h",
    "guard.h",
    "learner.h",
    "features.h",
    "pipeline.h",
]

OWN = ["batch.h", "keeper.h", "stream.h"]
CALLBACKS = 'extern "Python" bool tt_python_permit(void *context, enum tintin_work work);'


def declarations(header: Path) -> str:
    """What cffi needs of a header: types, prototypes, and the names of numeric constants."""
    text = header.read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    constants = re.findall(r"^#define (T\w+_\w+)\s+((?:\d|UINT)\w*)", text, flags=re.MULTILINE)
    text = re.sub(r"^static inline .*?^}$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    # A plain number may be the size of an array: cffi must know it. Of others it asks the compiler.
    return "".join(f"#define {n} {v if v.isdigit() else '...'}\n" for n, v in constants) + text


def files(pattern: str) -> list[Path]:
    """Files of the engine and of this folder, in a fixed order."""
    return [*sorted(MODULE.glob("src/**/" + pattern)), *sorted(HERE.glob(pattern))]


def headers() -> list[Path]:
    """What a change of makes the engine another, beside the C files."""
    return [*sorted(MODULE.glob("include/**/*.h")), *files("*.h"), HERE / "build.py"]


def current_digest() -> str:
    """Which engine this is: the tests refuse one that is older than the C files beside them."""
    digest = hashlib.sha256()
    for file in [*files("*.c"), *headers()]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def builder() -> FFI:
    """The cffi builder of tintin._engine."""
    if not MODULE.is_dir():
        raise FileNotFoundError(f"{MODULE}: the C engine must lie beside scripts/ to be compiled")
    result = FFI()
    for name in PUBLIC:
        result.cdef(declarations(MODULE / "include" / "tintin" / name))
    for name in OWN:
        result.cdef(declarations(HERE / name))
    result.cdef(CALLBACKS)
    result.set_source(
        "tintin._engine",
        "#include <tintin/probe.h>\n#include <tintin/tintin.h>\n"
        '#include "keeper.h"\n#include "stream.h"\n',
        sources=[str(file) for file in files("*.c")],
        include_dirs=[str(MODULE / "include"), str(HERE)],
        depends=[str(file) for file in headers()],
        define_macros=[("TT_SOURCE_DIGEST", f'"{current_digest()}"')],
        extra_compile_args=[] if os.name == "nt" else ["-std=c11", "-O3"],
    )
    return result
