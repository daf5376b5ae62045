# Stand-in for the official Postgres image where no registry is in reach: Debian 13's Postgres 17, same ids and paths.
ARG BASE
ARG LISTS
# hadolint ignore=DL3006
FROM ${LISTS} AS lists
# hadolint ignore=DL3006
FROM ${BASE}
RUN --mount=type=bind,from=lists,source=/var/lib/apt/lists,target=/var/lib/apt/lists,rw \
    --mount=type=bind,from=lists,source=/var/cache/apt,target=/var/cache/apt,rw \
    groupadd --system --gid 999 postgres \
    && useradd --system --uid 999 --gid 999 --home-dir /var/lib/postgresql --shell /bin/bash postgres \
    && mkdir -p /etc/postgresql-common \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
    && apt-get install --yes --no-install-recommends locales \
    && localedef --inputfile en_US --charmap UTF-8 --alias-file /usr/share/locale/locale.alias en_US.UTF-8 \
    && apt-get install --yes --no-install-recommends -o Dpkg::Options::=--force-confold postgresql-17 \
    && sed -i "s/^#\?listen_addresses.*/listen_addresses = '*'/" /usr/share/postgresql/17/postgresql.conf.sample \
    && install --directory --owner 999 --group 999 --mode 3777 /var/run/postgresql \
    && install --directory --owner 999 --group 999 --mode 1777 /var/lib/postgresql/data \
    && mkdir /docker-entrypoint-initdb.d
COPY postgres-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/17/bin \
    LANG=en_US.utf8 PGDATA=/var/lib/postgresql/data PG_MAJOR=17
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
