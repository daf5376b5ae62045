"""Put a measured table between its markers in ``docs/performance.md``."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "performance.md"


def publish(name: str, table: str) -> None:
    """Replace what stands between the markers of ``name``; add them at the end where they are not."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = DOCUMENT.read_text("utf-8") if DOCUMENT.is_file() else "# Performance\n"
    if begin not in text:
        text = f"{text.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    DOCUMENT.write_text(f"{before}{begin}\n{table.strip()}\n{end}{after}", "utf-8")
