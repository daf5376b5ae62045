"""Keep Grafana's dashboards the same as their short description.

``python -m tests.checks.dashboards`` compares ops/monitoring/grafana/dashboards/*.json with dashboards.yaml
beside that folder; ``--write`` (``make docs``) writes them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.checks.repository import ROOT

FOLDER = Path("ops") / "monitoring" / "grafana"
_COLUMNS, _WIDTH, _HEIGHT = 24, 8, 8


def dashboards() -> dict[Path, str]:
    """Return the content of each dashboard's file."""
    described: Mapping[str, Any] = yaml.safe_load((ROOT / FOLDER / "dashboards.yaml").read_text("utf-8"))
    return {
        FOLDER / "dashboards" / f"{name}.json": json.dumps(_dashboard(name, each), indent=1) + "\n"
        for name, each in described.items()
    }


def _dashboard(name: str, described: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uid": f"memo-coach-{name}",
        "title": described["title"],
        "editable": False,
        "schemaVersion": 39,
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "panels": list(_panels(described["rows"])),
    }


def _panels(rows: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    number = 0
    for row, panels in enumerate(rows):
        for column, panel in enumerate(panels):
            number += 1
            yield {
                "id": number,
                "type": "timeseries",
                "title": panel["title"],
                "datasource": {"type": "prometheus", "uid": "prometheus"},
                "gridPos": {
                    "x": column * _WIDTH % _COLUMNS, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT,
                },
                "fieldConfig": {"defaults": {"unit": panel["unit"], "min": 0}, "overrides": []},
                "targets": [
                    {"refId": chr(ord("A") + place), "expr": expression, "legendFormat": legend}
                    for place, (legend, expression) in enumerate(panel["queries"].items())
                ],
            }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write the files, or say which differ."""
    differing = [
        path
        for path, content in dashboards().items()
        if not (ROOT / path).is_file() or (ROOT / path).read_text("utf-8") != content
    ]
    for path in differing:
        if "--write" in arguments:
            (ROOT / path).write_text(dashboards()[path], encoding="utf-8")
        else:
            sys.stderr.write(f"{path} differs from dashboards.yaml: run `make docs`\n")
    return 0 if "--write" in arguments or not differing else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
