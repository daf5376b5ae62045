"""Give every shell script of the repository to shellcheck, found by its first line or its extension.

Run as ``python -m tests.checks.shell_scripts``. A script inside a template is refused: no checker can read
it, and what varies can reach a plain script as an argument or a variable.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.checks.repository import ROOT, files

_EXTENSIONS = {".sh", ".bash", ".ksh"}
_TEMPLATES = {".j2", ".tftpl", ".tpl"}
_SHEBANG = re.compile(rb"#!\s*(?:\S*/env\s+(?:-S\s+)?)?(?:\S*/)?(?:ba|da|k)?sh(?:\s|$)")


def is_shell_script(path: Path) -> bool:
    """Whether a file is a shell script."""
    if path.suffix in _EXTENSIONS:
        return True
    with path.open("rb") as file:
        return _SHEBANG.match(file.readline(200)) is not None


def main() -> int:
    """Check all scripts; give shellcheck's exit status, and 1 where a script is a template."""
    found = [path for path in files() if is_shell_script(ROOT / path)]
    templates = [path for path in found if Path(path).suffix in _TEMPLATES]
    for path in templates:
        sys.stdout.write(f"{path}: a shell script in a template cannot be checked\n")
    scripts = [path for path in found if path not in templates]
    sys.stdout.write(f"{len(scripts)} scripts: {' '.join(scripts)}\n")
    sys.stdout.flush()
    if not scripts:
        return 1 if templates else 0
    command = ("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", "--", *scripts)
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    return status or (1 if templates else 0)


if __name__ == "__main__":
    sys.exit(main())
