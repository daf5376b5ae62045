#!/bin/sh
# As the official image: options and Traefik's own commands go to Traefik, anything else is run.
set -e
if [ "${1#-}" != "$1" ] || traefik "$1" --help > /dev/null 2>&1; then
  [ "$1" = traefik ] || set -- traefik "$@"
fi
exec "$@"
