# Another version of the product, made from the one at hand: files of its pages have other names, as after any change of
# theirs, and it brings a migration. With BROKEN it ends as soon as it is started.
ARG APP
# hadolint ignore=DL3006
FROM ${APP}
ARG BROKEN=
USER 0:0
COPY another_version.py /tmp/another_version.py
RUN python /tmp/another_version.py "${BROKEN}"
USER 10001:10001
