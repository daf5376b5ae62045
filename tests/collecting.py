"""Python's search for garbage, while a process collects the tests and after.

What is collected lasts as long as the process: some million objects, which each search would visit again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Search for nothing meanwhile, and leave out later what is there then."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
