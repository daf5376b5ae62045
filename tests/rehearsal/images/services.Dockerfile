# What stands around the server in a rehearsal: an image registry, an ACME authority with its name server, and a
# stranger's tools.
ARG BASE
# hadolint ignore=DL3006
FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
       ca-certificates curl docker-registry nmap openssh-client openssl pebble python3 ssh-audit \
    && rm -rf /var/lib/apt/lists/*
