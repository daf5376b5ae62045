"""What goes wrong is said in the language of whoever reads it: no error is made of an English sentence."""

from __future__ import annotations

import ast
from functools import cache

from memo_coach import translations

PACKAGE = translations.FOLDER.parent
FOR_WHO_RUNS_IT = {
    "Unhealthy": "the report of health, which programs read",
    "NotConfigured": "the report of health, which programs read",
}
"""These stay in English, and are read by people who run the program or write its files."""
FOR_THE_LOG = {
    "BrokenCoach": "a coach that does not keep to its interface",
    "CoachProcessTimedOut": "which the coach that answers instead tells in a notice",
    "DocumentNotWritten": "which the pages tell in a sentence",
    "DocumentRefused": "of which uploads tell the reason in a sentence",
    "MissingNotice": "a text that is not there",
    "MissingPhrase": "a text that is not there",
    "MissingSentence": "a text that is not there",
    "services/accounts/single_sign_on/fetching.py: NotFetched": "which the pages tell in a sentence",
    "services/accounts/single_sign_on/provider.py: NotFetched": "the same",
    "ModelFailure": "which the coach that answers instead tells in a notice",
    "ServicesClosed": "a fault of the program",
    "Unfit": "an event that no page of ours sends",
    "WritingTimedOut": "which the pages tell in a sentence",
    "coaching/llm/answer/validation.py: Refused": "what was dropped of a model's answer",
    "coaching/memo/text.py: EmptyMemo": "the services say it anew",
    "coaching/memo/text.py: MemoTooLong": "the services say it anew",
    "coaching/rubric/reader.py: UnknownRubric": "the services and the command line say it anew",
    "memo_coach.py: Refused": "a framework that has changed",
    "web/events/gate.py: Refused": "a framework that has changed",
}
"""Of these only the log, or a programmer, reads the words."""


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    )


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def errors_of_the_program() -> set[str]:
    """Return the names of all classes that are raised, and of what click raises."""
    bases: dict[str, set[str]] = {}
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(map(name_of, node.bases))
    found = {"Exception", "RuntimeError", "ValueError", "KeyError", "ClickException", "JSONResponse"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return (found & bases.keys()) | {"UsageError", "BadParameter", "HTTPException"}


def is_a_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def test_what_is_wrong_with_a_setting_is_told_by_errors_that_have_a_sentence() -> None:
    """A check of a value may raise any ``ValueError``; the library would show its words, English or not."""
    own = ("settings/", "database_url.py")
    raised = {
        name_of(node.func)
        for place, tree in trees()
        if place.startswith(own)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node.func).endswith(("Error", "Fault"))
    }
    assert raised == {"SettingFault", "SettingsError", "DatabaseUrlFault"}


def test_no_error_that_a_person_reads_is_made_of_an_english_sentence() -> None:
    errors, elsewhere = errors_of_the_program(), FOR_WHO_RUNS_IT.keys() | FOR_THE_LOG.keys()
    found = sorted(
        {
            f"{place}: {name_of(node.func)}"
            for place, tree in trees()
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and name_of(node.func) in errors - elsewhere
            and f"{place}: {name_of(node.func)}" not in elsewhere
            and any(is_a_sentence(each) for each in (*node.args, *(word.value for word in node.keywords)))
        }
    )
    assert found == []
