# Today's lists of packages, read once for all images that are made from Debian's packages.
ARG BASE
# hadolint ignore=DL3006
FROM ${BASE}
RUN apt-get update
