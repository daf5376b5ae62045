#!/bin/sh
# Runs a command of the product beside the stack, with the backup's programs and secrets:
#   memo-coach backup list
# One at a time: a backup, a check and a restore wait for each other.
set -eu

cd /opt/memo-coach
install -d -m 0700 /run/memo-coach
exec 9> /run/memo-coach/lock
if ! flock --timeout 7200 9; then
  echo "Another backup, check or restore has been running for two hours; this one was not started." >&2
  exit 3
fi
# A link stands for the credentials of the instance's role: they are short-lived, and fetched anew each time.
if [ -L secrets/backup_credentials ]; then
  /usr/local/lib/memo-coach/fetch_role_credentials.py "$(readlink secrets/backup_credentials)"
fi
exec docker compose --file docker-compose.prod.yml --progress quiet run --rm --no-TTY backup "$@" < /dev/null
