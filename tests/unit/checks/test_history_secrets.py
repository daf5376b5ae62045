"""The search for secrets in a repository's history. Every planted secret is put together here from parts."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.repository import ROOT
from tests.checks.secret_allowances import AllowanceError, Allowances

PRIVATE_KEY = f"-----BEGIN {'PRIVATE'} KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4w\n"
AWS_KEY = "AKIA" + "QWERTZUIOPASDF12"
MADE_UP = "kea-" + "94-Harbour-tin"
SECRETS = {
    "a private key": ("deploy.pem", PRIVATE_KEY, "Private Key"),
    "a key of AWS": ("notes.txt", f"the key is {AWS_KEY}\n", "AWS Access Key"),
    "a password": ("settings.py", f'database_password = "{MADE_UP}"\n', "Secret Keyword"),
    "a password in YAML": ("vault.yml", f"database_password: {MADE_UP}\n", "Secret Keyword"),
    "a password in a lock file": ("requirements/a.lock", f'password = "{MADE_UP}"\n', "Secret Keyword"),
    "a password marked as harmless": (
        "a.py",
        f'password = "{MADE_UP}"  # pragma: ' + "allowlist secret\n",
        "Secret Keyword",
    ),
}


class Repository:
    """A repository of its own, with as many commits as a test makes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        command = ("git", *identity, "-c", "commit.gpgsign=false", *arguments)
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def write(self, path: str, text: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message: str = "A change") -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def scan(self) -> tuple[int, str]:
        command = (sys.executable, "-m", "tests.checks.history_secrets", str(self.folder))
        ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert ended.stderr == ""
        return ended.returncode, ended.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.write(".gitignore", "/build/\n")
    made.write("readme.md", "Nothing to hide.\n")
    made.commit()
    return made


def test_a_repository_without_secrets_passes_and_says_what_was_read(repository: Repository) -> None:
    status, output = repository.scan()
    assert status == 0
    assert output.startswith("1 commits: ")


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_an_older_commit_is_found_though_it_was_removed(
    repository: Repository, secret: str
) -> None:
    path, text, kind = SECRETS[secret]
    repository.write(path, text)
    repository.commit()
    (repository.folder / path).unlink()
    repository.commit("Remove it again")
    status, output = repository.scan()
    assert status == 1
    assert f"{path}:1 in " in output
    assert kind in output


def test_a_secret_is_never_printed_nor_kept(repository: Repository) -> None:
    repository.write("settings.py", f'database_password = "{MADE_UP}"\n')
    _, output = repository.scan()
    assert "settings.py:1" in output
    assert MADE_UP not in output
    assert MADE_UP not in (repository.folder / "build" / "secrets" / "found.json").read_text()


def test_a_secret_in_a_new_file_that_is_not_committed_yet_is_found(repository: Repository) -> None:
    repository.write("new.txt", AWS_KEY)
    assert repository.scan()[0] == 1


def test_a_file_that_git_ignores_is_not_looked_at(repository: Repository) -> None:
    repository.write("build/new.txt", AWS_KEY)
    assert repository.scan()[0] == 0


def test_a_secret_in_a_commit_s_message_and_one_in_a_tag_s_are_found(repository: Repository) -> None:
    repository.commit(f"Use {AWS_KEY}")
    repository.git("tag", "--annotate", "first", "--message", PRIVATE_KEY)
    _, output = repository.scan()
    assert "(commit):" in output
    assert "(tag):" in output


def test_the_checksums_of_lock_files_are_no_secrets(repository: Repository) -> None:
    checksum = "9c2f51e0" * 8
    repository.write("requirements/a.lock", f"package==1.0 \\\n    --hash=sha256:{checksum}\n")
    repository.write("package-lock.json", '{"integrity": "sha512-' + "kF3/Zq9+" * 10 + 'abcdef=="}\n')
    assert repository.scan()[0] == 0


def test_the_checksum_by_which_a_label_names_its_text_is_no_secret(repository: Repository) -> None:
    checksum = hashlib.sha256(b"a text").hexdigest()
    repository.write("labels/a.json", f'{{"sha256":"{checksum}"}}\n')
    assert repository.scan()[0] == 0
    repository.write("labels/b.json", f'{{"token":"{checksum}"}}\n')
    assert repository.scan()[0] == 1


def test_a_second_run_reads_only_what_is_new_and_still_finds_the_old(repository: Repository) -> None:
    repository.write("old.txt", AWS_KEY)
    repository.commit()
    _, first = repository.scan()
    repository.write("new.txt", PRIVATE_KEY)
    status, second = repository.scan()
    assert status == 1
    assert set(first.splitlines()[:-1]) < set(second.splitlines())
    assert "new.txt:1" in second


def test_an_allowance_lets_one_value_stand_in_the_files_it_names(repository: Repository) -> None:
    repository.write("tests/a.py", f'password = "{MADE_UP}"\n')
    fingerprint = repository.scan()[1].split("fingerprint ")[1].split()[0]
    entry = f"- path: tests/*\n  fingerprint: {fingerprint}\n  reason: made up for a test\n"
    repository.write("tests/checks/allowed_secrets.yaml", entry)
    assert repository.scan()[0] == 0
    repository.write("elsewhere.py", f'password = "{MADE_UP}"\n')
    status, output = repository.scan()
    assert status == 1
    assert "elsewhere.py" in output


def test_an_allowance_that_allows_nothing_is_a_fault(repository: Repository) -> None:
    entry = f"- path: '*'\n  fingerprint: {'0' * 40}\n  reason: nobody remembers\n"
    repository.write("tests/checks/allowed_secrets.yaml", entry)
    status, output = repository.scan()
    assert status == 1
    assert "nothing matches it" in output


def test_a_shallow_clone_is_said_to_be_one(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.commit("Another")
    folder = tmp_path_factory.mktemp("clone") / "clone"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(folder))
    clone = Repository(folder)
    assert clone.scan()[1].startswith("1 commits of a shallow clone")


def test_an_allowance_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "allowed.yaml"
    file.write_text("- path: a\n  fingerprint: b\n")
    with pytest.raises(AllowanceError, match="entry 1 needs a path, a fingerprint and a reason"):
        Allowances.read(file)
