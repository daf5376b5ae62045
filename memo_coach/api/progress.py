"""Progress: the asker's scores over memos, or over the versions of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from memo_coach.api.answers import Absent, Id, unless_known
from memo_coach.api.askers import Reader
from memo_coach.api.problems import readable
from memo_coach.services import container
from memo_coach.services.progress.views import ProgressView

router = APIRouter(prefix="/progress", tags=["progress"])

Named = Annotated[Id | Absent, Query()]


@router.get("", response_model=ProgressView, responses=readable())
async def get_progress(request: Request, asker: Reader, rubric: Named = None, memo: Named = None) -> Response:
    """Return how the scores go.

    They are compared only where judge, rubric and the rubric's version are the same: each of these is a line
    of its own. Without `rubric` it is the one that was used last; with `memo` each point is a version of it.
    """
    view = await container.current().progress.of_owner(asker.owner, rubric=rubric or "", memo_id=memo or "")
    return unless_known(request, asdict(view))
