"""What each model takes of a request: known beforehand as far as it is, and learned from what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from memo_coach.providers.client import AnswerMode, RequestForm
from memo_coach.providers.failures import Complaint

MODES: tuple[AnswerMode, ...] = ("schema", "tool", "json", "plain")
"""The best first; each next one is tried where a model refuses the one before."""


class RequestForms:
    """Remembers, as long as the process lives, in which form each model takes a request."""

    def __init__(self, best_mode: Callable[[str], AnswerMode]) -> None:
        self._best_mode = best_mode
        self._forms: dict[str, RequestForm] = {}

    def of(self, model: str) -> RequestForm:
        """Return the form in which this model is asked for an answer of a given shape."""
        form = self._forms.get(model)
        if form is None:
            form = self._forms[model] = RequestForm(self._best_mode(model))
        return form

    def adapt(
        self, model: str, refused: RequestForm, complaints: Collection[Complaint], *, shaped: bool
    ) -> RequestForm | None:
        """Learn from a refusal, and give the form to try next.

        Args:
            model: who refused.
            refused: the form of the refused request.
            complaints: what its message names.
            shaped: whether an answer of a given shape was asked for.

        Returns:
            ``None`` where the refusal names nothing that can be left out.
        """
        current = self.of(model)
        if current != refused:
            return current  # another request learned it meanwhile
        adapted = refused
        if "format" in complaints and shaped and refused.mode != "plain":
            adapted = replace(adapted, mode=MODES[MODES.index(refused.mode) + 1])
        else:
            adapted = _without(refused, complaints)
        if adapted == refused:
            return None
        self._forms[model] = adapted
        return adapted


def _without(form: RequestForm, complaints: Collection[Complaint]) -> RequestForm:
    return replace(
        form,
        temperature=form.temperature and "temperature" not in complaints,
        seed=form.seed and "seed" not in complaints,
        usage=form.usage and "usage" not in complaints,
        renamed_limit=form.renamed_limit or "most-tokens" in complaints,
    )
