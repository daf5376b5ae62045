"""The detectors, one idea a folder; importing this package imports them all, which fills the registry."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

for _folder in sorted(path.parent.name for path in Path(__file__).parent.glob("*/detector.py")):
    import_module(f"{__name__}.{_folder}.detector")
