#!/usr/bin/env bash
# inside: what is tried with the packages on the fresh Debian, as root of it; prints what holds.
# usage: inside.sh booted|chroot
set -uo pipefail

mode=$1
state=/srv/state
store=/var/lib/hookroll
key=/etc/hookroll/master.key
for part in tap handbook calls systemd; do
    # shellcheck source=/dev/null
    . "/srv/package/$part.sh"
done

rights_are() {
    local rights

    rights=$(stat -c '%a %U %G' "$1")
    [ "$rights" = "$2" ] || {
        printf '%s: %s\n' "$1" "$rights"
        return 1
    }
}

installed() {
    rights_are "$store" '700 hookroll hookroll' && rights_are "$key" '600 hookroll hookroll' &&
        rights_are /etc/hookroll '755 root root' &&
        rights_are /etc/hookroll/hookroll.conf '644 root root' &&
        getent passwd hookroll | grep ':/var/lib/hookroll:/usr/sbin/nologin$'
}

# The library's packages, as its users have them.
library() {
    local -a flags

    apt-get install /srv/packages/libhookroll-sign*.deb /srv/packages/hookroll-doc_*.deb &&
        read -ra flags < <(pkg-config --cflags --libs hookroll-sign) &&
        cc -o "$state/receiver" /srv/receiver.c "${flags[@]}" && [ "$("$state/receiver")" = verified ]
}

# Started by the web server, which has a store of its own.
by_web_server() {
    expect 'a store for www-data is made' follow 'Where the web server starts the responder'
    expect 'it has a project and a key' make_project www-data /etc/hookroll-www/hookroll.conf
    lighttpd-disable-mod hookroll >/dev/null 2>&1
    expect "lighttpd's bin-path is set up" follow "lighttpd's bin-path"
    expect "a secret is rolled through lighttpd's bin-path" rolls
    service lighttpd stop >/dev/null 2>&1
    expect "Apache's mod_fcgid is set up" follow "Apache's mod_fcgid"
    expect "a secret is rolled through Apache's mod_fcgid" rolls
    service apache2 stop >/dev/null 2>&1
}

as_it_was() {
    [ -e "$store/data.mdb" ] && [ -e "$key" ] && edited
}

edited() {
    grep -x 'log_level = debug' /etc/hookroll/hookroll.conf
}

gone() {
    [ ! -e "$store" ] && [ ! -e /etc/hookroll ] && getent passwd hookroll
}

# Again and again: copies have the second of their making in their names.
backup() {
    local second

    second=$(date +%s)
    follow Backup || return
    until [ "$(date +%s)" -gt "$second" ]; do
        sleep 0.1
    done
    follow Backup && [ "$(find /var/backups/hookroll -name data.mdb -size +0 | wc -l)" -eq 2 ]
}

# What the service's store holds: its project, and what was rolled in it.
stored() {
    local project

    project=$(runuser -u hookroll -- hookrollctl project list --json | jq -er '.[0].uid') &&
        printf '%s\n' "$project" &&
        runuser -u hookroll -- hookrollctl history --json --project "$project"
}

still_stored() {
    [ -n "$1" ] && [ "$(stored)" = "$1" ]
}

removal() {
    local before

    before=$(stored)
    expect 'the package is removed' apt-get remove hookroll
    expect 'settings, store and key stay' as_it_was
    expect 'it is installed once more' apt-get install /srv/packages/hookroll_*.deb
    expect 'the secrets are as they were' still_stored "$before"
    expect 'it is purged' apt-get purge hookroll
    expect 'settings, store and key are gone, the user is not' gone
}

mkdir -m 0700 "$state"
cd /srv/packages || exit
expect 'hookroll is installed' follow 'The responder'
expect 'store, key and settings belong to whom they should' installed
expect 'the library is installed and used' library
expect 'a project and its key are made' make_project
printf 'log_level = debug\n' >>/etc/hookroll/hookroll.conf
if [ "$mode" = booted ]; then
    under_systemd
else
    expect 'a later version is installed' apt-get install /srv/later/hookroll_*.deb
fi
expect 'the settings of before are kept' edited
expect 'the store is copied' backup
by_web_server
removal
printf '# end\n'
