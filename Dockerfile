# The images of Memo AI Coach; `make image` builds the first three.
#   app          the service: docker build --target app .
#   backup       the same with the programs that a backup takes: docker build --target backup .
#   postgres     the database with what archives it: docker build --target postgres .
#   development  what docker-compose.yml runs: with Node, it rebuilds the pages at each change
#
# The bases are named here and nowhere else, by a tag that holds the full version.
# checkov:skip=CKV_DOCKER_7:the tag stands in PYTHON_IMAGE, which is not resolved by the check
ARG PYTHON_IMAGE=python:3.13.12-slim-trixie
ARG POSTGRES_IMAGE=postgres:17.9-trixie

# ---- What building the pages takes. Node is in here, and stays in here.
FROM ${PYTHON_IMAGE} AS tools
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
COPY requirements/build.lock requirements/build.lock
# The environment gets no pip of its own: the base's installs into it.
RUN python -m venv --without-pip /opt/build \
    && python -m pip --python /opt/build install --no-compile --no-deps --require-hashes -r requirements/build.lock
ENV PATH=/opt/build/bin:$PATH

# ---- Development: what is written here is covered by what docker-compose.yml mounts.
FROM tools AS development
COPY . .
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin memo-coach \
    && mkdir -p /data .web build \
    && chown -R 10001:10001 /data /app
USER 10001:10001
ENV HOST=0.0.0.0 PORT=3000 DATA_DIR=/data HOME=/data PYTHONUNBUFFERED=1
EXPOSE 3000
CMD ["python", "-m", "memo_coach.server.develop"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=180s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:3000/health/live', timeout=4)"]

# ---- The pages.
FROM tools AS pages
COPY . .
RUN python -m memo_coach.server.build

# ---- The packages of the runtime, the program and the pages, as they will lie in the image. Bytecode is made
#      here, since nothing can be written where it runs; unchecked, since nothing changes there either. The pages
#      come last, so that they are built while the packages are compiled.
FROM ${PYTHON_IMAGE} AS program
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
COPY requirements/runtime.lock /tmp/runtime.lock
RUN python -m venv --without-pip /opt/memo-coach \
    && python -m pip --python /opt/memo-coach install --no-compile --no-deps --require-hashes -r /tmp/runtime.lock \
    && echo /app > "$(/opt/memo-coach/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/memo_coach.pth" \
    && printf '#!/opt/memo-coach/bin/python\nimport sys\n\nfrom memo_coach.cli import main\n\nsys.exit(main())\n' > /opt/memo-coach/bin/memo-coach \
    && chmod 0755 /opt/memo-coach/bin/memo-coach \
    && /opt/memo-coach/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/memo-coach/lib \
    && chmod -R u=rwX,go=rX /opt/memo-coach
COPY rxconfig.py LICENSE ./
COPY assets assets
COPY memo_coach memo_coach
RUN /opt/memo-coach/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /app
COPY --from=pages /app/build/site build/site
RUN chmod -R u=rwX,go=rX /app

# ---- The database with pgBackRest, Debian's, which keeps its version as long as the release lasts. A change here needs
#      another number behind the version of Postgres in docker-compose.prod.yml and docker-compose.drill.yml.
FROM ${POSTGRES_IMAGE} AS postgres
RUN apt-get update \
    && apt-get install --yes --no-install-recommends "pgbackrest=2.55.*" \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log \
    # Its folders are the database's user's, by whichever number the base knows it.
    && install -d -o postgres -g postgres -m 0700 /var/spool/pgbackrest

# ---- The service.
FROM ${PYTHON_IMAGE} AS app
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="Memo AI Coach" \
      org.opencontainers.image.description="What a demanding senior reader would say of your memo." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The official base ships its library without bytecode, and nothing can be written where this runs.
RUN python -m compileall -q -j 0 -x site-packages --invalidation-mode unchecked-hash \
        "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && useradd --system --user-group --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin memo-coach \
    && install -d -o memo-coach -g memo-coach -m 0700 /data
COPY --from=program /opt/memo-coach /opt/memo-coach
COPY --from=program /app /app
ENV PATH=/opt/memo-coach/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    APP_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
USER 10001:10001
VOLUME ["/data"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health/ready', timeout=4)"]
ENTRYPOINT ["memo-coach"]
CMD ["serve"]

# ---- The service's program with what a backup takes: Debian's restic, and pg_dump of the server's own version.
FROM app AS backup
USER 0:0
# The versions are those of the base's Debian release; its security updates are wanted, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 restic \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log \
    # For a repository on a volume, which takes its owner from here.
    && install -d -o memo-coach -g memo-coach -m 0700 /backups
USER 10001:10001
HEALTHCHECK NONE
CMD ["backup"]
