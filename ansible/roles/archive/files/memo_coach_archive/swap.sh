#!/usr/bin/env bash
# Puts the database that was recovered beside into the place of the present one, which is kept: swap.sh NAME
# Names are changed within one file system, so it takes no time and no room. What breaks off is put back.
set -Eeuo pipefail

cd "${PGDATA:?}"
kept="beside/$1"
[ -s beside/recovering/PG_VERSION ] || { echo "Nothing was recovered beside." >&2; exit 1; }

put_back() {
  find . -mindepth 1 -maxdepth 1 ! -name beside ! -name lost+found -exec mv -t beside/recovering {} +
  find "$kept" -mindepth 1 -maxdepth 1 -exec mv -t . {} +
}

mkdir -m 0700 "$kept"
trap put_back ERR
find . -mindepth 1 -maxdepth 1 ! -name beside ! -name lost+found -exec mv -t "$kept" {} +
find beside/recovering -mindepth 1 -maxdepth 1 -exec mv -t . {} +
trap - ERR
rmdir beside/recovering
