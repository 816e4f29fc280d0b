"""Where llama.cpp's source lies on this machine, if it does: real chat templates and real vocabularies.

Unpack the source distribution of llama-cpp-python into the system's temporary folder, or name `vendor/llama.cpp` in
the variable `TABLEREAD_LLAMA_CPP`. Nothing of it is kept in this repository.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

LLAMA_CPP_VARIABLE = "TABLEREAD_LLAMA_CPP"


def llama_cpp_files(pattern: str) -> list[Any]:
    """Returns test parameters, one a file below `models/`; one that is skipped with the reason if there are none."""
    named = os.environ.get(LLAMA_CPP_VARIABLE)
    folders = (
        [Path(named)] if named else sorted(Path(tempfile.gettempdir()).glob("llama_cpp_python-*/vendor/llama.cpp"))
    )
    files = sorted(folders[-1].glob(f"models/{pattern}")) if folders else []
    if not files:
        reason = f"llama.cpp's source is not here: unpack llama-cpp-python's sdist and set {LLAMA_CPP_VARIABLE}"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(path, id=path.stem) for path in files]
