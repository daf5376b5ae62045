"""Find passages that are code or comments of the markup rather than prose."""

from __future__ import annotations

from collections.abc import Sequence

from memo_coach.coaching.memo.lines import Line, fence

_ENDINGS = ("{", "}", ";", "();", "=>", "->", "*/")
_STARTS = (
    *("$ ", ">>> ", "//", "/*", "#include"),
    *("import ", "def ", "class ", "function ", "const ", "let ", "var "),
)


class CodeBlocks:
    """Finds where a passage of code ends: fenced, indented, or an HTML comment.

    What was never closed once is remembered, so that a text of nothing but openings takes no longer
    than another.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._shortest_unclosed: dict[str, int] = {}
        self._comment_unclosed = False

    def last_line(self, index: int, *, may_indent: bool) -> int | None:
        """Return the last line of the code that begins at a line, or ``None`` where that line is none.

        Indented lines are code only where ``may_indent``, and only if they look like code: a writer may
        indent the first line of a paragraph. A fence that is never closed is code of one line and hides
        nothing.
        """
        line = self._lines[index]
        mark = fence(line.bare)
        if mark:
            return self._closing_fence(index, mark)
        if line.bare.startswith("<!--"):
            return self._comment_end(index)
        return self._indented_end(index) if may_indent and line.indent >= 4 else None

    def _closing_fence(self, index: int, mark: str) -> int:
        unclosed = self._shortest_unclosed.get(mark[0])
        if unclosed is not None and len(mark) >= unclosed:
            return index
        for later in range(index + 1, len(self._lines)):
            bare = self._lines[later].bare
            if bare.startswith(mark) and bare == mark[0] * len(bare):
                return later
        self._shortest_unclosed[mark[0]] = len(mark)
        return index

    def _comment_end(self, index: int) -> int | None:
        if self._comment_unclosed:
            return None
        for later in range(index, len(self._lines)):
            if "-->" in self._lines[later].bare:
                return later
        self._comment_unclosed = True
        return None

    def _indented_end(self, index: int) -> int | None:
        last = index
        while (
            last + 1 < len(self._lines) and self._lines[last + 1].bare and self._lines[last + 1].indent >= 4
        ):
            last += 1
        run = self._lines[index : last + 1]
        return last if 2 * sum(_looks_like_code(line.bare) for line in run) >= len(run) else None


def _looks_like_code(bare: str) -> bool:
    return bare.endswith(_ENDINGS) or bare.startswith(_STARTS) or " = " in bare or "();" in bare
