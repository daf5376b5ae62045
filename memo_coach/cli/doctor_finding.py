"""What the doctor finds wrong."""

from __future__ import annotations


class DoctorFinding(Exception):
    """Something is wrong. ``status`` is the exit status that it leads to."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status
