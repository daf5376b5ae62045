"""All checks that ``make check`` makes. The slowest come first, so that the short ones fill the gaps."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from tests.checks.repository import ROOT, files
from tests.checks.running import OPERATIONS, Check

_PLAY = re.compile(r"^- (?:.*\n(?:  .*\n|\n)*?  )?(?:hosts|ansible\.builtin\.import_playbook):", re.MULTILINE)
# Nothing here asks the network: not for policies, not for roles, not for newer versions.
_CHECKOV = ("checkov", "--config-file", ".checkov.yml")


def _own(module: str) -> tuple[str, ...]:
    return ("python", "-m", f"tests.checks.{module}")


def playbooks() -> list[str]:
    """Return the names of the playbooks in ``ansible/``; an inventory beside them is none."""
    names = [Path(path).name for path in files() if fnmatch(path, "ansible/*.yml") and path.count("/") == 1]
    return [name for name in names if _PLAY.search((ROOT / "ansible" / name).read_text(encoding="utf-8"))]


def workflows() -> list[str]:
    """Return the paths of the workflows of continuous integration."""
    return [path for path in files() if fnmatch(path, ".github/workflows/*.y*ml")]


def catalogue() -> list[Check]:
    """Return the checks in the order in which they start."""
    # checkov has no framework and no policy for Compose files: the tests in tests/unit/production say what
    # must hold in docker-compose.prod.yml, and "compose policy" runs them.
    return [
        Check("terraform: format, validate, test", ("./check.sh",), OPERATIONS, "terraform"),
        Check(
            "ansible-lint",
            ("ansible-lint", "--offline", "--profile", "production", "--strict", "--nocolor"),
            OPERATIONS,
            "ansible",
        ),
        Check("mypy", ("mypy",)),
        Check(
            "checkov: Terraform",
            (*_CHECKOV, "--framework", "terraform", "--directory", "terraform"),
            OPERATIONS,
        ),
        Check(
            "checkov: Dockerfile",
            (*_CHECKOV, "--framework", "dockerfile", "--file", "Dockerfile"),
            OPERATIONS,
        ),
        Check("secrets in the history", _own("history_secrets")),
        Check(
            "ansible syntax",
            ("ansible-playbook", "--syntax-check", "--inventory", "localhost,", *playbooks()),
            OPERATIONS,
            "ansible",
        ),
        Check("compose policy", ("python", "-m", "pytest", "-p", "no:xdist", "tests/unit/production")),
        Check("import rules", ("lint-imports",)),
        Check("shellcheck", _own("shell_scripts"), OPERATIONS),
        Check("documented variables", _own("environment_docs")),
        Check("documented remarks", _own("remarks_docs")),
        Check("dashboards", _own("dashboards")),
        Check("documented commands and paths", _own("documented_names")),
        Check("registry hosts", _own("registry_hosts")),
        Check("dead links", _own("dead_links")),
        Check("large files", _own("large_files")),
        Check("hadolint", ("hadolint", "--no-color", "--config", ".hadolint.yaml", "Dockerfile"), OPERATIONS),
        Check("actionlint", ("actionlint", "-no-color", *workflows()), OPERATIONS),
        Check(
            "zizmor",
            ("zizmor", "--offline", "--persona=pedantic", "--no-progress", "--color=never", ".github"),
            OPERATIONS,
        ),
        Check("ruff", ("ruff", "check", ".")),
        Check("format", ("ruff", "format", "--check", ".")),
    ]
