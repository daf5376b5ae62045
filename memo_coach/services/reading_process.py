"""The process that reads memos beside the service: a memo comes in, the built-in coach's judgement goes out.

It ends when the service does, however that ends, for then nobody holds the other end of its input.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.evaluation import Evaluation
from memo_coach.coaching.rubric import Rubric

_ROOT = Path(__file__).resolve().parents[2]


class ReadingProcessEnded(Exception):
    """It ended without an answer. The message is for the log."""


class ReadingProcess:
    """The service's end of it. All of this waits, and belongs into one thread."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, text: str, rubric: Rubric, language: str) -> Evaluation:
        """Give the judgement of a text; the first time the process is started, which takes half a second.

        Raises:
            ReadingProcessEnded: it has ended; the next call starts another.
        """
        try:
            process = self._process or self._started()
            assert process.stdin is not None, "it is a pipe"  # noqa: S101
            assert process.stdout is not None, "it is a pipe"  # noqa: S101
            pickle.dump((text, rubric, language), process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            answer: Evaluation = pickle.load(process.stdout)  # noqa: S301 - our own process wrote it
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            raise ReadingProcessEnded(type(error).__name__) from error
        return answer

    def end(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603 - this very module
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            # The environment holds secrets, and there is nothing in it that computing needs.
            env={},
        )
        return self._process


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined] # one of the two pipes
    except OSError:
        return  # what was written and not yet sent has no reader any more


def main() -> None:
    """Read memos until there is nobody to ask."""
    memos, judgements = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            text, rubric, language = pickle.load(memos)  # noqa: S301 - the service wrote it
        except EOFError:
            return
        pickle.dump(evaluate_text(text, rubric, language), judgements, pickle.HIGHEST_PROTOCOL)
        judgements.flush()


if __name__ == "__main__":
    main()
