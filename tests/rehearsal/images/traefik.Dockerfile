# Stand-in for the official Traefik image where no registry is in reach: the same program, from its Python package.
ARG BASE
ARG LISTS
# hadolint ignore=DL3006
FROM ${LISTS} AS lists
# hadolint ignore=DL3006
FROM ${BASE}
RUN --mount=type=bind,from=lists,source=/var/lib/apt/lists,target=/var/lib/apt/lists,rw \
    --mount=type=bind,from=lists,source=/var/cache/apt,target=/var/cache/apt,rw \
    apt-get install --yes --no-install-recommends ca-certificates tzdata wget
COPY traefik /usr/local/bin/traefik
COPY traefik-entrypoint.sh /entrypoint.sh
EXPOSE 80
ENTRYPOINT ["/entrypoint.sh"]
CMD ["traefik"]
