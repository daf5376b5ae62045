#!/bin/sh
# The archive of the database, from this server's console: memo-coach-archive --help
set -eu
# The credentials of the instance's role are short-lived, and fetched anew each time.
if [ -x /usr/local/lib/memo-coach/archive-credentials ]; then
  /usr/local/lib/memo-coach/archive-credentials
fi
export PYTHONPATH=/usr/local/lib/memo-coach
exec /usr/bin/python3 -B -m memo_coach_archive "$@"
