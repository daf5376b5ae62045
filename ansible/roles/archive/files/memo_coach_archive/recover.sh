#!/usr/bin/env bash
# Restores a base backup into a directory, plays the archive back up to a moment, promotes, and ends in order.
#   recover.sh DIRECTORY ARCHIVE SESSIONS OPTION...
# DIRECTORY is one within the data's volume, "." the volume itself.
# ARCHIVE: "on" notes what is to be archived of the new timeline, for the day when this becomes the database; "off"
# does not. SESSIONS: "end-sessions" signs everybody out, "keep-sessions" leaves the rows as they were.
set -Eeuo pipefail

directory=${PGDATA:?}/$1 archive=$2 sessions=$3
shift 3
sockets=${TMPDIR:-/tmp}
log=$sockets/recovery.log

mkdir -p "$directory"
directory=$(realpath "$directory")
chmod 0700 "$directory"
find "$directory" -mindepth 1 -delete
pgbackrest restore --pg1-path="$directory" --log-level-console=warn "$@"

broken_off() {
  grep -E 'FATAL|PANIC|ERROR' "$log" | grep -v 'starting up\|not yet accepting' | tail -n 5 >&2 || tail -n 5 "$log" >&2
  echo "The archive does not bring the database to that moment." >&2
  exit 1
}

# As many connections and locks as any primary of ours has: recovery insists on no fewer. It listens to nobody.
pg_ctl start --pgdata="$directory" --log="$log" --timeout=21600 -o "-c listen_addresses='' \
  -c unix_socket_directories=$sockets -c max_connections=200 -c shared_buffers=32MB -c archive_mode=$archive \
  -c archive_command=/bin/false" > /dev/null || broken_off
until [ "$(psql --host="$sockets" --username=postgres --no-psqlrc --quiet --tuples-only --no-align \
  --command='SELECT pg_is_in_recovery()' 2> /dev/null)" = f ]; do
  pg_ctl status --pgdata="$directory" > /dev/null || broken_off
  sleep 0.3
done
grep -E 'recovery stopping|last completed transaction' "$log" || true

if [ "$sessions" = end-sessions ]; then
  # Some were ended after that moment, because somebody had to be kept out. Which, nobody knows any more.
  psql --host="$sockets" --username=postgres --no-psqlrc --quiet --dbname=memo_coach --set=ON_ERROR_STOP=1 <<'SQL'
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['user_sessions', 'access_tokens', 'one_time_links'] LOOP
    IF to_regclass(name) IS NOT NULL THEN
      EXECUTE format('DELETE FROM %I', name);
    END IF;
  END LOOP;
END
$$;
SQL
fi
pg_ctl stop --pgdata="$directory" --mode=fast --timeout=300 > /dev/null
