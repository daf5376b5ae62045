#!/usr/bin/python3
"""Write the short-lived credentials of an EC2 instance's role into a file.

``fetch_role_credentials.py FILE [USER]``. The file has the form of AWS's shared credentials and is readable
by root alone; with the number of a user, that of pgBackRest's settings, readable by that user alone. The
metadata service (IMDSv2) answers the server itself only; a container gets what it needs through this file.
Exit status: 0 written, 2 no file named, 3 not obtained.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

ENDPOINT = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254")
ROLES = "/latest/meta-data/iam/security-credentials/"
TIMEOUT_SECONDS = 5
SHARED = (
    "[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\naws_session_token = {session}\n"
)
PGBACKREST = "[global]\nrepo1-s3-key={key}\nrepo1-s3-key-secret={secret}\nrepo1-s3-token={session}\n"
LIFETIME_SECONDS = "60"


class CredentialsError(Exception):
    """The metadata service gave no credentials; ``str(error)`` is a sentence."""


def ask(method: str, path: str, headers: dict[str, str]) -> str:
    """Ask the metadata service, never through a proxy."""
    request = Request(ENDPOINT + path, method=method, headers=headers)  # noqa: S310 - the metadata service, plain HTTP
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=TIMEOUT_SECONDS) as answer:
            return str(answer.read().decode())
    except (URLError, OSError) as error:
        raise CredentialsError(f"The metadata service did not answer {method} {path}: {error}.") from error


def fetch(form: str) -> str:
    """Give the role's credentials in a form that has places for key, secret and session."""
    token = ask("PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": LIFETIME_SECONDS})
    with_token = {"X-aws-ec2-metadata-token": token}
    roles = ask("GET", ROLES, with_token).split()
    if not roles:
        raise CredentialsError("This instance has no role.")
    try:
        answer = json.loads(ask("GET", ROLES + roles[0], with_token))
        key, secret, session = answer["AccessKeyId"], answer["SecretAccessKey"], answer["Token"]
    except (ValueError, KeyError) as error:
        raise CredentialsError(f"The answer about role {roles[0]} holds none.") from error
    return form.format(key=key, secret=secret, session=session)


def write(path: Path, text: str, user: int | None = None) -> None:
    """Replace the file in one step; only its owner may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, 0o400)
            if user is not None:
                os.fchown(descriptor, user, -1)
            file.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def main() -> int:
    """Write the file named on the command line."""
    if len(sys.argv) not in (2, 3) or not all(argument.isdecimal() for argument in sys.argv[2:]):
        sys.stderr.write("Say which file to write: fetch_role_credentials.py FILE [USER]\n")
        return 2
    user = int(sys.argv[2]) if len(sys.argv) == 3 else None
    try:
        write(Path(sys.argv[1]), fetch(SHARED if user is None else PGBACKREST), user)
    except (CredentialsError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
