"""The detectors, one idea a folder; importing this package imports them all, which fills the registry."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

_folders = (path.name for path in Path(__file__).parent.iterdir() if (path / "detector.py").is_file())
for _folder in sorted(_folders):
    import_module(f"{__name__}.{_folder}.detector")
