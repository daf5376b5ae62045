#!/bin/sh
# What the instance's role may do, for the archive: in memory only, and for the database's user.
set -eu
install -d -m 0700 /run/memo-coach
install -d -m 0500 -o 999 /run/memo-coach/archive
exec /usr/local/lib/memo-coach/fetch_role_credentials.py /run/memo-coach/archive/credentials.conf 999
