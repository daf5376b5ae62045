# Stand-in for the official Redis image where no registry is in reach: Debian 13's Redis, whose programs have the same names.
# While the image is made the package starts no service.
ARG BASE
ARG LISTS
# hadolint ignore=DL3006
FROM ${LISTS} AS lists
# hadolint ignore=DL3006
FROM ${BASE}
RUN --mount=type=bind,from=lists,source=/var/lib/apt/lists,target=/var/lib/apt/lists,rw \
    --mount=type=bind,from=lists,source=/var/cache/apt,target=/var/cache/apt,rw \
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d \
    && chmod 0755 /usr/sbin/policy-rc.d \
    && apt-get install --yes --no-install-recommends redis-server redis-tools
WORKDIR /data
EXPOSE 6379
CMD ["redis-server"]
