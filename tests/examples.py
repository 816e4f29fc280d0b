"""How many examples a test of many steps on real files tries: a few in the suite, many when somebody asks for them.

TABLEREAD_THOROUGH=1 python -m pytest tests/core/library/test_search.py
"""

import os


def n_examples(in_suite: int, thorough: int) -> int:
    """Returns `thorough` where the environment asks for it with TABLEREAD_THOROUGH."""
    return thorough if os.environ.get("TABLEREAD_THOROUGH") else in_suite
