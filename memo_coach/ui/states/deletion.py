"""What is asked before something is deleted, and how it is had back: the same on each page that deletes."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx

from memo_coach.services.container import current
from memo_coach.services.data.deletion import UNDO_SECONDS
from memo_coach.services.errors import ServiceError
from memo_coach.translations import text
from memo_coach.ui.states.memos import MemosState
from memo_coach.ui.states.settings import SettingsState
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import owner_of

_ALL: Final = "*"
"""In the place of a memo's id."""


class DeletionState(rx.State):
    """A question on the screen, or what was answered."""

    condemned: str = ""
    """The id of the memo that the writer is asked about; empty where nothing is asked."""
    title: str = ""
    """Of that memo, as the page shows it."""
    heading: str = ""
    body: str = ""
    wrong: str = ""
    """What is to be done where the word that was typed is another one."""
    problem: str = ""
    told: str = ""
    """What has just been done."""
    undoable: str = ""
    """The id of a deletion that can be undone."""

    def _ask(self, condemned: str, title: str, kind: str) -> None:
        self.condemned, self.title, self.wrong = condemned, title, ""
        self.heading = text(f"deletion.{kind}_heading", title=title)
        self.body = text(f"deletion.{kind}_body", seconds=UNDO_SECONDS)

    def _refresh(self) -> list[Any]:
        """Let the pages that list memos look anew; only one of them is open."""
        return [MemosState.refresh, SettingsState.refresh]

    @rx.event
    def open(self) -> None:
        """Forget what was asked and done when a page is opened."""
        self.condemned = self.wrong = self.problem = self.told = self.undoable = ""

    @rx.event
    def ask_about_memo(self, memo: str, title: str) -> None:
        """Ask whether a memo is really to go."""
        self._ask_about(memo, title)

    def _ask_about(self, memo: str, title: str) -> None:
        if memo and memo != _ALL:
            self._ask(memo, title, "memo")

    @rx.event
    def ask_about_chosen(self, form: dict[str, Any]) -> None:
        """Ask whether the memo that was chosen in a form is really to go."""
        memo, _, title = str(form.get("memo") or "").partition(" ")
        self._ask_about(memo, title)

    @rx.event
    def ask_about_all(self) -> None:
        """Ask whether all that is the writer's is really to go."""
        self._ask(_ALL, "", "all")

    @rx.event
    def keep(self) -> None:
        """Delete nothing after all."""
        self.condemned = self.wrong = ""

    @rx.event
    async def delete(self, form: dict[str, Any]) -> Any:
        """Delete what was asked about, where the word was typed that confirms it."""
        condemned = self.condemned
        if not condemned:
            return None
        word = text("deletion.word")
        if str(form.get("word") or "").strip().strip("“”«»\"'").casefold() != word.casefold():
            self.wrong = text("deletion.wrong_word", word=word)
            return None
        self.condemned = self.wrong = self.problem = self.told = self.undoable = ""
        try:
            owner = await owner_of(self)
            deletions = current().deletions
            if condemned == _ALL:
                self.undoable = (await deletions.delete_all(owner)).deletion_id
                self.told = text("deletion.all_deleted")
            else:
                self.undoable = (await deletions.delete_memo(owner, condemned)).deletion_id
                self.told = text("deletion.memo_deleted", title=self.title)
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message
        return self._refresh()

    @rx.event
    async def undo(self) -> Any:
        """Bring back what was deleted last."""
        undoable, self.undoable = self.undoable, ""
        self.told = self.problem = ""
        if not undoable:
            return None
        try:
            await current().deletions.undo(await owner_of(self), undoable)
            self.told = text("deletion.undone")
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message
        return self._refresh()


allow(
    DeletionState,
    "open",
    "ask_about_memo",
    "ask_about_chosen",
    "ask_about_all",
    "keep",
    storing=("delete", "undo"),
)
