"""Print the bcrypt hash of a password, for vault_site_users.

It is asked for twice, or read from standard input where that is no terminal. The cost is low, for a proxy
computes the hash anew for each request, and a page makes forty. So a password has to be long.
"""

from __future__ import annotations

import getpass
import sys

import bcrypt

COST = 6
LEAST, MOST = 14, 72
"""How many bytes a password may have: with fewer it is guessed, and bcrypt reads no more."""


def main() -> int:
    """Ask, and print; give 1 where the password is none that protects."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("The same once more: ") != password:
            sys.stderr.write("The two that were typed differ.\n")
            return 1
    else:
        password = sys.stdin.read().strip()
    typed = password.encode()
    if not LEAST <= len(typed) <= MOST:
        sys.stderr.write(f"A password for the site has from {LEAST} to {MOST} characters.\n")
        return 1
    sys.stdout.write(f"{bcrypt.hashpw(typed, bcrypt.gensalt(COST)).decode()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
