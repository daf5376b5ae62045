"""What a figure was measured on, in words."""

from __future__ import annotations

import os
import platform


def machine() -> str:
    """Name the machine: cores, system and Python."""
    return (
        f"{os.cpu_count()} cores ({platform.system()} {platform.machine()}, a virtual machine that others "
        f"share), Python {platform.python_version()}"
    )
