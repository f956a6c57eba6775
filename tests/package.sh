#!/usr/bin/env bash
# package: builds the Debian packages, holds lintian to them, and follows docs/operating.md with
# them on a fresh Debian, under its own systemd where this machine lets one boot.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/package/tap.sh
. "$here/package/tap.sh"

work=$(mktemp -d /var/tmp/hookroll-package.XXXXXX)
root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# What the packages say that they need, with commas between.
depends() {
    local deb

    for deb in "$work"/*.deb; do
        dpkg-deb -f "$deb" Depends
    done | tr ',' '\n' | sed 's/(.*//; s/|.*//; s/ //g' | grep -v hookroll | sort -u | paste -sd,
}

# A Debian with what hookroll stands on and the three web servers, none of which starts by itself.
# What a package forgot to say that it needs is missing there.
make_root() {
    local include=systemd-sysv,dbus,apache2,libapache2-mod-fcgid,lighttpd,nginx-light

    mmdebstrap --quiet --variant=minbase --format=directory \
        --include="$include,curl,jq,lmdb-utils,gcc,libc6-dev,pkg-config,$(depends)" bookworm "$root" &&
        systemctl --quiet --root="$root" disable apache2 lighttpd nginx apt-daily.timer \
            apt-daily-upgrade.timer e2scrub_all.timer
}

build() {
    mkdir "$work/tree" &&
        tar -C "$here/.." --exclude=./build --exclude=./.git --exclude=node_modules \
            --exclude=autom4te.cache -cf - . | tar -C "$work/tree" -xf - &&
        cd "$work/tree" &&
        DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" dpkg-buildpackage -us -uc -b
}

lint() {
    lintian --allow-root --tag-display-limit 0 --fail-on error,warning "$work"/*.changes
}

# The same package as a later version, with another file of settings: what an upgrade meets.
make_upgrade() {
    local dir=$work/later

    dpkg-deb -R "$work"/hookroll_*_*.deb "$dir" &&
        sed -i 's/^Version: .*/&+later/' "$dir/DEBIAN/control" &&
        printf '# A later word of the package.\n' >>"$dir/etc/hookroll/hookroll.conf" &&
        mkdir -p "$root/srv/later" &&
        dpkg-deb --root-owner-group -b "$dir" "$root/srv/later"
}

# What is to be installed and followed, and a unit that does it once the system is up.
furnish() {
    mkdir "$root/srv/packages" &&
        cp "$work"/*.deb "$root/srv/packages/" &&
        make_upgrade &&
        cp -r "$here/package" "$here/lib/receiver.c" "$here/../docs/operating.md" "$root/srv/" &&
        printf 'APT::Get::Assume-Yes "true";\nDpkg::Options { "--force-confold"; };\n' \
            >"$root/etc/apt/apt.conf.d/90test" &&
        cat >"$root/etc/systemd/system/package-test.service" <<'UNIT'
[Unit]
After=multi-user.target
SuccessAction=poweroff
FailureAction=poweroff
[Service]
Type=oneshot
Environment=HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
StandardOutput=file:/srv/output
StandardError=inherit
ExecStart=/srv/package/inside.sh booted
[Install]
WantedBy=graphical.target
UNIT
}

# in_root [COMMAND...]: the command alone, or without one the whole system.
in_root() {
    [ $# -gt 0 ] || set -- --boot
    timeout 240 systemd-nspawn --quiet --directory="$root" --machine="hookroll-package-$$" \
        --register=no --keep-unit --private-network --console=pipe "$@" </dev/null
}

# Without systemd: processes, network and mounts of its own, all gone with the first process.
without_systemd() {
    # shellcheck disable=SC2016 # the inner shell's
    unshare --net --pid --fork --mount sh -ec 'mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        ip link set lo up
        exec chroot "$1" env -i PATH="$PATH" HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            /srv/package/inside.sh chroot' sh "$root"
}

follow_handbook() {
    local why

    if why=$(in_root /bin/true 2>&1) && [ "${HOOKROLL_PACKAGE_BOOT-yes}" = yes ]; then
        systemctl --quiet --root="$root" enable package-test.service
        in_root >"$work/boot.log" 2>&1 || tail -n 40 "$work/boot.log"
    else
        not_run 'systemd, and the servers behind its socket' \
            "systemd-nspawn: ${why:-HOOKROLL_PACKAGE_BOOT says no}"
        without_systemd >"$root/srv/output" 2>&1 || true
    fi
    cat "$root/srv/output"
    tally "$root/srv/output"
    expect 'it was followed to its end' grep -x '# end' "$root/srv/output"
}

expect 'the packages are built' build
expect 'lintian finds nothing' lint
expect 'a fresh Debian is made' make_root
expect 'the packages are brought there' furnish
[ ! -e "$root/srv/operating.md" ] || follow_handbook
finish
