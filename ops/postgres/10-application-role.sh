#!/bin/sh
# Makes the application's role and its database, as the superuser, over the server's own socket.
# Runs once, when the database directory is made. Run again, it gives the role the password that is in the secret:
#   docker compose -f docker-compose.prod.yml exec postgres sh /docker-entrypoint-initdb.d/10-application-role.sh
set -eu

if [ ! -s /run/secrets/database_password ]; then
    echo "The secret database_password is empty or missing: the application's role gets no password without it." >&2
    exit 1
fi

# The password comes from its file within psql: it stands in no list of processes, and no log.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres <<'SQL'
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
\set password `cat /run/secrets/database_password`
SELECT 'CREATE ROLE memo_coach LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'memo_coach') \gexec
-- It may make databases, so that a restore is made beside what it replaces; nothing else beyond its own.
ALTER ROLE memo_coach WITH LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS CREATEDB PASSWORD :'password';
SELECT 'CREATE DATABASE memo_coach OWNER memo_coach'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'memo_coach') \gexec
REVOKE ALL ON DATABASE memo_coach FROM PUBLIC;
SQL
