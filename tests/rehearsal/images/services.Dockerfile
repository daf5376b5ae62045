# What stands around the server in a rehearsal: an image registry, an ACME authority with its name server, and a
# stranger's tools.
ARG BASE
ARG LISTS
# hadolint ignore=DL3006
FROM ${LISTS} AS lists
# hadolint ignore=DL3006
FROM ${BASE}
RUN --mount=type=bind,from=lists,source=/var/lib/apt/lists,target=/var/lib/apt/lists,rw \
    --mount=type=bind,from=lists,source=/var/cache/apt,target=/var/cache/apt,rw \
    apt-get install --yes --no-install-recommends \
       ca-certificates curl docker-registry nmap openssh-client openssl pebble python3 ssh-audit
