"""How far a coach agrees with graded memos: what may be in the files, and what is said of how many."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

import pytest

from memo_coach.coaching.measure.grading import FEWEST_MEMOS
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.administration.agreement import (
    AgreementService,
    AgreementView,
    JudgedSoFar,
    NoneToCompare,
)
from memo_coach.services.administration.agreement_words import rows_of
from memo_coach.services.administration.document_kinds import read, shipped
from memo_coach.services.administration.graded_memos import (
    MOST_FILES,
    MOST_MEMOS,
    GradedMemosRefused,
    SentFile,
    read_graded_memos,
)
from memo_coach.services.coaches.service import Coaches

STATUS = "rubric/status-update"
WEAK, STRONG = samples("status-update", "en")
HARSH = shipped()[STATUS] + (
    "caps:\n  - {indicator: bottom-line, below: 1, at_most: 1, reason: {en: Always}}\n"
)
"""By which nothing is ever more than poor."""


def graded(rubric: str = "status-update", overall: float = 3.0, **more: float) -> bytes:
    return json.dumps({"rubric": rubric, "criteria": more, "overall": overall}).encode()


def zipped(members: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> SentFile:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packing) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return SentFile("memos.zip", written.getvalue())


def rubric(text: str) -> Rubric:
    found = read(STATUS, text)
    assert isinstance(found, Rubric)
    return found


async def measured(files: list[SentFile], *rubrics: Rubric) -> tuple[list[int], AgreementView]:
    told = [each async for each in AgreementService(Coaches()).measure(read_graded_memos(files), rubrics)]
    (view,) = [each for each in told if isinstance(each, AgreementView)]
    return [each.done for each in told if isinstance(each, JudgedSoFar)], view


async def test_offset_and_spread_are_those_of_the_scores_by_the_saved_and_by_another_rubric() -> None:
    members = {
        f"set/{place}{kind}": content
        for place in range(FEWEST_MEMOS)
        for kind, content in (
            (".md", (WEAK if place % 2 else STRONG).text.encode()),
            (".json", graded(overall=3.0, nothing=2.0)),
        )
    }
    members["other.md"], members["other.json"] = b"A memo.", graded("investment-memo")
    done, view = await measured([zipped(members)], rubric(HARSH), rubric(shipped()[STATUS]))
    assert done == list(range(1, FEWEST_MEMOS + 1))
    assert (view.memos, view.of_other_rubrics, view.left_out) == (FEWEST_MEMOS, 1, ())
    harsh, saved = view.by_rubric
    assert harsh.overall is not None
    assert (harsh.overall.offset, harsh.overall.spread) == (-2.0, 0.0)
    assert saved.overall is not None
    assert saved.overall.spread is not None
    assert saved.overall.spread > 1, "a weak and a strong memo got the same grade"
    # What only the reader scored, or only the coach, is compared with nothing.
    assert all(each.agreement is None for each in saved.criteria)
    whole, first, *_ = rows_of(saved)
    assert whole[:2] == ("On the whole", "5")
    assert whole[4] == "too few to say", "five memos may stand in the same order by chance"
    assert first == ("Where it stands", "0", *["too few to say"] * 3)


async def test_of_a_few_memos_nothing_is_said() -> None:
    files = [SentFile("a.md", WEAK.text.encode()), SentFile("a.json", graded(overall=2.0))]
    _, view = await measured(files, rubric(shipped()[STATUS]))
    assert view.memos == 1
    assert rows_of(view.by_rubric[0])[0] == ("On the whole", "1", *["too few to say"] * 3)
    with pytest.raises(NoneToCompare):
        await measured([files[0], SentFile("a.json", graded("nobodys"))], rubric(shipped()[STATUS]))


async def test_what_cannot_be_used_is_left_out_with_the_reason() -> None:
    text = WEAK.text.encode()
    files = [
        zipped({
            "good.md": text, "good.json": graded(),
            "alone.json": graded(),
            "broken.md": text, "broken.json": b"{",
            "many/faults.md": text,
            "many/faults.json": b'{"rubric": 1, "overall": 9, "criteria": {"a": "x"}}',
            "latin.md": "\xe9".encode("latin-1"), "latin.json": graded(),
            "empty.md": b"...", "empty.json": graded(),
            "large.md": b"x" * 900_000, "large.json": graded(),
            "__MACOSX/._good.json": b"x", "readme.txt": b"x",
        })
    ]  # fmt: skip
    _, view = await measured(files, rubric(shipped()[STATUS]))
    assert view.memos == 1
    assert [each.name for each in view.left_out] == [
        "alone",
        "broken",
        "large",
        "latin",
        "many/faults",
        "empty",
    ]
    assert all(each.reason.startswith(each.name) for each in view.left_out)
    assert "(and 2 more faults)" in view.left_out[4].reason


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SentFile("x.zip", b"PK\x03\x04 no zip file"), "cannot be read"),
        (SentFile("x.md", b"no grades"), "no graded memo"),
        (zipped({f"{n}.json": graded() for n in range(MOST_MEMOS + 1)}), f"more than {MOST_MEMOS}"),
        (zipped({f"{n}.txt": b"" for n in range(MOST_FILES + 1)}), "more than 1,000 files"),
        # Seventy megabytes in as many kilobytes.
        (zipped({f"{n}.md": b"x" * 800_001 for n in range(90)}), "too large"),
    ],
)
def test_files_that_are_no_graded_memos_or_too_many_are_refused(file: SentFile, said: str) -> None:
    assert len(file.content) < 200_000
    with pytest.raises(GradedMemosRefused, match=said):
        read_graded_memos([file])


def test_a_name_never_becomes_a_path() -> None:
    members = {"../../etc/passwd.json": graded(), "../../etc/passwd.md": b"A memo.", "/x\x1b[2J.json": b"{"}
    found = read_graded_memos([zipped(members)])
    assert [each.name for each in found.memos] == ["etc/passwd"]
    assert "\x1b" not in found.left_out[0].reason


def test_no_more_of_a_member_is_unpacked_than_may_be_and_in_no_other_way_than_the_usual() -> None:
    bomb = zipped({"a.json": b" " * 50_000_000, "a.md": b"A memo."})
    (left_out,) = read_graded_memos([bomb]).left_out
    assert "larger than a memo may be" in left_out.reason
    with pytest.raises(GradedMemosRefused, match="no graded memo"):
        read_graded_memos([zipped({"a.json": graded(), "a.md": b"x"}, zipfile.ZIP_LZMA)])
