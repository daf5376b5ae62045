# A fresh Debian 13 server as a cloud hands it out: systemd, SSH, cloud-init, and nothing of ours.
ARG BASE
ARG LISTS
# hadolint ignore=DL3006
FROM ${LISTS} AS lists
# hadolint ignore=DL3006
FROM ${BASE}
RUN --mount=type=bind,from=lists,source=/var/lib/apt/lists,target=/var/lib/apt/lists,rw \
    --mount=type=bind,from=lists,source=/var/cache/apt,target=/var/cache/apt,rw \
    apt-get install --yes --no-install-recommends \
       ca-certificates cloud-init curl dbus iproute2 iputils-ping openssh-server python3 sudo systemd-sysv systemd-timesyncd \
    && rm -rf /etc/ssh/ssh_host_* /etc/machine-id \
    && mkdir -p /var/lib/cloud/seed/nocloud \
    && : > /etc/machine-id \
    && printf 'datasource_list: [NoCloud, None]\nnetwork: {config: disabled}\n' > /etc/cloud/cloud.cfg.d/90-rehearsal.cfg \
    && systemctl mask getty.target console-getty.service systemd-udevd.service \
       systemd-udev-trigger.service systemd-logind.service systemd-modules-load.service
STOPSIGNAL SIGRTMIN+3
CMD ["/lib/systemd/systemd"]
