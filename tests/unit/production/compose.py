"""Reads the production files for the tests of what must hold in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
COMPOSE = REPOSITORY / "docker-compose.prod.yml"
DYNAMIC = REPOSITORY / "ops" / "traefik" / "dynamic"
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?P<operator>:?[-?+])?(?P<word>(?:[^{}]|\$\{[^{}]*\})*)\}")


class VariableMissing(Exception):
    """A variable that the Compose file insists on has no value."""


def interpolated(text: str, environment: dict[str, str]) -> str:
    """Fill in ``${NAME}``, ``:-``, ``:+`` and ``:?`` as the Compose specification says."""

    def value(match: re.Match[str]) -> str:
        given, word = environment.get(match["name"], ""), match["word"] or ""
        match match["operator"]:
            case ":-":
                return given or interpolated(word, environment)
            case ":+":
                return interpolated(word, environment) if given else ""
            case ":?" if not given:
                raise VariableMissing(match["name"])
        return given

    return _VARIABLE.sub(value, text)


LEAST = {
    "SITE_HOST": "memos.example.org",
    "ACME_EMAIL": "operator@example.org",
    "MEMO_COACH_VERSION": "1.2.3",
}


def production(**environment: str) -> dict[str, Any]:
    """Return the production stack as Compose sees it with these variables beside those that it insists on."""
    loaded: dict[str, Any] = yaml.safe_load(interpolated(COMPOSE.read_text(), {**LEAST, **environment}))
    return loaded


def example_environment() -> dict[str, str]:
    """Return the values of ``.env.production.example``."""
    lines = (REPOSITORY / ".env.production.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def dynamic(name: str, **environment: str) -> dict[str, Any]:
    """Return one of Traefik's files with the constructs of its templates that it uses filled in.

    Raises:
        ValueError: the file uses a construct that is not known here.
    """
    given = {
        "SITE_HOST": "memos.example.org",
        "SITE_GUARD": "",
        "STRICT_TRANSPORT_SECONDS": "86400",
        "STRICT_TRANSPORT_SUBDOMAINS": "false",
        **environment,
    }
    text = (DYNAMIC / name).read_text()
    text = re.sub(r'\{\{ env "([A-Z_]+)" \}\}', lambda match: given[match[1]], text)
    text = re.sub(r'\s*\{\{- \$guarded := eq \(env "SITE_GUARD"\) "on" \}\}', "", text)
    kept = r"\1" if given["SITE_GUARD"] == "on" else ""
    text = re.sub(r"\s*\{\{- if \$guarded \}\}(.*?)\s*\{\{- end \}\}", kept, text, flags=re.DOTALL)
    if "{{" in text:
        raise ValueError(f"{name} has a template construct that these tests do not know")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def mebibytes(limit: str) -> int:
    """Return a Compose memory size such as ``512m`` in MiB."""
    return int(limit.removesuffix("m"))
