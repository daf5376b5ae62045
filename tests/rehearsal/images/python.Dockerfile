# Stand-in for the official Python image where no registry is in reach: Debian 13's own Python 3.13 under the same paths.
ARG BASE
ARG LISTS
# hadolint ignore=DL3006
FROM ${LISTS} AS lists
# hadolint ignore=DL3006
FROM ${BASE}
RUN --mount=type=bind,from=lists,source=/var/lib/apt/lists,target=/var/lib/apt/lists,rw \
    --mount=type=bind,from=lists,source=/var/cache/apt,target=/var/cache/apt,rw \
    apt-get install --yes --no-install-recommends ca-certificates netbase tzdata python3 python3-venv python3-pip \
    && rm -rf /usr/lib/python3.13/EXTERNALLY-MANAGED \
    && for name in python python3 python3.13; do ln -s /usr/bin/python3.13 "/usr/local/bin/$name"; done \
    && for name in pip pip3; do ln -s /usr/bin/pip3 "/usr/local/bin/$name"; done
COPY certificates.pem /usr/local/share/rehearsal/certificates.pem
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin \
    LANG=C.UTF-8 \
    SSL_CERT_FILE=/usr/local/share/rehearsal/certificates.pem \
    PIP_CERT=/usr/local/share/rehearsal/certificates.pem \
    NODE_EXTRA_CA_CERTS=/usr/local/share/rehearsal/certificates.pem
CMD ["python3"]
