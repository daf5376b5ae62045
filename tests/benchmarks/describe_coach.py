"""Write what docs/coach.md says of this version: the table of detectors, calibration, plain-language pairs.

    python tests/benchmarks/describe_coach.py            prints them
    python tests/benchmarks/describe_coach.py --write    puts them between their markers in docs/coach.md

The real documents are looked for in the folder that MEMO_COACH_SHARED_DATA names, or in ``shared/data``
beside the checkout; without them the figures stay as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.builtin.findings import registered_detectors
from memo_coach.coaching.builtin.scoring import score_memo
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.reader import shipped_rubric
from tests.metamorphic.judging import judge

CHECKOUT = Path(__file__).resolve().parents[2]
OWN_PAIRS = CHECKOUT / "tests" / "unit" / "coaching" / "builtin" / "clarity_pairs.yaml"
DOCUMENT = CHECKOUT / "docs" / "coach.md"
SHARED = Path(os.environ.get("MEMO_COACH_SHARED_DATA", CHECKOUT.parent / "shared" / "data"))


def detectors() -> str:
    """Return the table of detectors from the registry."""
    lines = ["| detector | indicators | source |", "|---|---|---|"]
    for one in registered_detectors():
        indicators = ", ".join(f"`{name}`" for name in one.indicators) or "none: findings only"
        lines.append(f"| `{one.name}` | {indicators} | {one.source} |")
    return "\n".join(lines)


def proposal_scores() -> list[float]:
    """Judge the real proposals as investment memos; sorted overall scores, empty where they are absent."""
    rubric = shipped_rubric("investment-memo")
    paths = [path for path in (SHARED / "proposals").rglob("*") if path.is_file() and path.stat().st_size]
    texts = (normalise_text(path.read_text("utf-8", errors="replace")) for path in paths)
    return sorted(evaluate_text(text, rubric).overall.score or 0.0 for text in texts)


def calibration(scores: list[float]) -> str:
    """Return the figures of the calibration."""
    twentieths = statistics.quantiles(scores, n=20)
    shown = ", ".join(f"{twentieths[place]:.1f}" for place in (0, 4, 9, 14, 18))
    return (
        f"{len(scores)} documents: mean {statistics.mean(scores):.2f}, standard deviation "
        f"{statistics.stdev(scores):.2f}, lowest {scores[0]}, highest {scores[-1]}. The 5, 25, 50, 75 and "
        f"95 % quantiles are {shown}."
    )


def pairs() -> str:
    """Tell in how many pairs the criterion gives the edited text the higher score, before it is rounded."""
    path = SHARED / "plain_language_pairs.json"
    if not path.exists():
        return ""
    records = json.loads(path.read_text("utf-8"))
    own = yaml.safe_load(OWN_PAIRS.read_text("utf-8"))
    lines = [
        f"- {_told([one for one in records if one['level'] == level], 'en')} {level}s of the guidance"
        for level in ("sentence", "passage")
    ]
    lines += [
        f"- {_told(own[language], language)} pairs of our own in {name}, by which nothing was set"
        for language, name in (("en", "English"), ("es", "Spanish"))
    ]
    return "\n".join(lines)


def _told(records: list[dict[str, str]], language: str) -> str:
    told = sum(_clarity(one["before"], language) < _clarity(one["after"], language) for one in records)
    return f"{told} of {len(records)}"


def _clarity(text: str, language: str) -> float:
    judged = judge(text, "investment-memo", language)
    scored = score_memo(judged.rubric, judged.indicators)
    return next(one.earned or 0.0 for one in scored.criteria if one.criterion.id == "clarity")


def sections() -> dict[str, str]:
    """Return each section that is written from this version; those without data are left out."""
    scores = proposal_scores()
    found = {
        "detectors": detectors(),
        "calibration": calibration(scores) if scores else "",
        "pairs": pairs(),
    }
    return {name: text for name, text in found.items() if text}


def with_sections(document: str, texts: dict[str, str]) -> str:
    """Put texts between their markers."""
    for name, text in texts.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        head, _, rest = document.partition(begin)
        document = f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}"
    return document


def main() -> int:
    """Print the sections, or write them."""
    parser = argparse.ArgumentParser(description="Describe this version of the built-in coach.")
    parser.add_argument("--write", action="store_true", help="write into docs/coach.md")
    texts = sections()
    if parser.parse_args().write:
        DOCUMENT.write_text(with_sections(DOCUMENT.read_text("utf-8"), texts), "utf-8")
    for text in texts.values():
        sys.stdout.write(text + "\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
