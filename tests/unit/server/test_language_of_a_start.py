"""A start that fails says why in the language of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from memo_coach.server import build, serve
from memo_coach.translations.sentences import sentence
from memo_coach.web.errors import BuildFailed

STARTS = [
    ("C", "PORT: 'x' is not a whole number from 1 to 65535. Example: PORT=3000\n"),
    ("es_ES.UTF-8", "PORT: 'x' no es un número entero de 1 a 65535. Ejemplo: PORT=3000\n"),
]
BUILDS = [
    ("C", "Node is not usable, run `make build`, which installs it: gone\n"),
    ("es_ES.UTF-8", "No se puede usar Node; ejecute `make build`, que lo instala: gone\n"),
]


def speak(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", language)


@pytest.mark.parametrize(("language", "told"), STARTS)
def test_a_wrong_setting_stops_the_start_with_one_line(
    language: str,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    speak(monkeypatch, language)
    monkeypatch.setenv("PORT", "x")
    assert serve.main() == 1
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(("language", "told"), BUILDS)
def test_pages_that_cannot_be_built_are_told_of(
    language: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_options: bool) -> bool:
        raise BuildFailed(sentence("building.no_node", reason="gone"))

    speak(monkeypatch, language)
    monkeypatch.setattr(build, "build", fail)
    monkeypatch.setattr("sys.argv", ["build"])
    assert build.main() == 3
    assert capsys.readouterr().err == told
