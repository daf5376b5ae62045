# A fresh Debian 13 server as a cloud hands it out: systemd, SSH, cloud-init, and nothing of ours.
ARG BASE
# hadolint ignore=DL3006
FROM ${BASE}
# The cloud's image has Debian's updates and security repositories too; here beside the one it was made from.
RUN sed -n 's|^deb \(http[^ ]*\)/debian/\? trixie main.*|deb \1/debian trixie-updates main\ndeb \1/debian-security trixie-security main|p' \
      /etc/apt/sources.list > /etc/apt/sources.list.d/updates.list \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
       ca-certificates cloud-init curl dbus iproute2 iputils-ping openssh-server python3 sudo systemd-sysv systemd-timesyncd \
    && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* /etc/machine-id \
    && mkdir -p /var/lib/cloud/seed/nocloud \
    && : > /etc/machine-id \
    && printf 'datasource_list: [NoCloud, None]\nnetwork: {config: disabled}\n' > /etc/cloud/cloud.cfg.d/90-rehearsal.cfg \
    && systemctl mask getty.target console-getty.service systemd-udevd.service \
       systemd-udev-trigger.service systemd-logind.service systemd-modules-load.service
STOPSIGNAL SIGRTMIN+3
CMD ["/lib/systemd/systemd"]
