"""The command line speaks the language of the environment, or the one that is asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from memo_coach.cli import commands
from memo_coach.cli.click_words import MODULES
from memo_coach.cli.language import language_of
from memo_coach.translations import contents
from tests.unit.cli.test_command_line import MEMO, run

SPANISH = "es_ES.UTF-8"


def english_of_click() -> Iterator[str]:
    for module in MODULES:
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_" | "ngettext"), args=said):
                    yield from (str(each.value) for each in said if isinstance(each, ast.Constant))


def names_of_help(command: click.Command, path: str = "memo-coach") -> Iterator[str]:
    yield path
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield f"{path} {max(parameter.opts, key=len)}"
        if parameter.metavar is not None:
            yield parameter.metavar
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from names_of_help(inner, name if path == "memo-coach" else f"{path} {name}")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "es_ES@euro"}, "es"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": "es_ES", "LC_ALL": "C"}, "en"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": ""}, "es"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "tlh_QX.UTF-8"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_environment_says_the_language_as_posix_has_it(
    environment: dict[str, str], language: str
) -> None:
    assert language_of(environment) == language


def test_every_command_and_option_has_a_help_and_no_help_is_left_over() -> None:
    frame = {"[OPTIONS]", "COMMAND [ARGS]...", "[COMMAND] [ARGS]..."}
    assert {*names_of_help(commands), *frame} == set(contents("command_help"))


def test_the_words_that_are_translated_for_click_are_those_that_it_says() -> None:
    assert set(contents("click_words").values()) <= set(english_of_click())


def test_help_and_wrong_usage_are_said_in_spanish(tmp_path: Path) -> None:
    assert "Uso: memo-coach [OPCIONES] COMANDO" in run(tmp_path, "--help", LC_ALL=SPANISH).stdout.decode()
    told = run(tmp_path, "evaluate", "--help", LC_ALL=SPANISH).stdout.decode()
    for part in ("ARCHIVO", "Opciones:", "rúbrica", "por\n", "Mostrar este mensaje y salir."):
        assert part in told
    for arguments, part in [
        (("evaluat",), "No existe el comando 'evaluat'. (¿Quiso decir"),
        (("evaluate",), "Falta el argumento 'ARCHIVO'."),
        (("evaluate", "a", "b"), "Sobra un argumento (b)"),
        (("evaluate", "--nothing", "a"), "No existe la opción '--nothing'."),
        (("evaluate", "a", "--format", "doc"), "'doc' no es uno de estos"),
        (("eval", "a", "--runs", "99"), "99 no está en el intervalo"),
        (("evaluate", "a", "--output"), "necesita un argumento"),
    ]:
        answer = run(tmp_path, *arguments, LC_ALL=SPANISH)
        assert answer.returncode == 2
        assert "Error: " in answer.stderr.decode()
        assert part in answer.stderr.decode()


def test_the_option_overrules_the_environment(tmp_path: Path) -> None:
    asked = ("--interface-language", "es-MX", "--help")
    assert "Mostrar este mensaje y salir." in run(tmp_path, *asked, LC_ALL="en_GB.UTF-8").stdout.decode()
    asked = ("--interface-language", "en", "evaluate")
    assert b"Missing argument 'FILE'." in run(tmp_path, *asked, LC_ALL="es_ES.UTF-8").stderr
    answer = run(tmp_path, "--interface-language", "tlh", "version", LC_ALL="es_ES.UTF-8")
    assert answer.returncode == 2
    assert "Los hay en: en, es." in answer.stderr.decode()


def test_reports_problems_and_the_doctor_speak_spanish_and_json_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "memo.md").write_text(MEMO)
    (tmp_path / "mine.yaml").write_text("id: [unclosed\n")
    report = run(tmp_path, "evaluate", "memo.md", LC_ALL=SPANISH).stdout.decode()
    for part in ("Memo de inversión · en · ", " palabras · coach integrado", "Lo que funciona", "línea "):
        assert part in report
    as_json = [
        run(tmp_path, "evaluate", "memo.md", "--format", "json", LC_ALL=language).stdout
        for language in ("C", SPANISH)
    ]
    assert as_json[0] == as_json[1]
    for arguments, status, part in [
        (("evaluate", "none.md"), 1, "No existe el archivo none.md."),
        (("evaluate", "memo.md", "--rubric", "none"), 1, "No hay ninguna rúbrica"),
        (("evaluate", "memo.md", "--rubric-file", "mine.yaml"), 1, "mine.yaml:2"),
        (("eval", "none"), 1, "No existe la carpeta none."),
        (("db", "status"), 1, "esta versión necesita"),
        (("db", "fingerprint"), 3, "No existe el archivo de base de datos"),
        (("backup",), 1, "Indique RESTIC_REPOSITORY"),
        (("restore", "--dry-run"), 1, "Indique RESTIC_REPOSITORY"),
        (("visitors", "list"), 3, "No existe el archivo de base de datos"),
    ]:
        answer = run(tmp_path, *arguments, LC_ALL=SPANISH)
        assert (answer.returncode, answer.stdout) == (status, b""), answer
        assert part in answer.stderr.decode()
    assert "bien    base de datos: " in run(tmp_path, "doctor", LC_ALL=SPANISH).stdout.decode()
