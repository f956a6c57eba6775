#!/bin/sh
# installed: what `make install` puts in place works from there: the library with its
# header and its pkg-config file, and no name of ours that is not public; units, pages,
# the sample of the settings, completion.
# usage: installed.sh BUILD-DIRECTORY
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
make -s -C "$1" install DESTDIR="$root" >/dev/null
prefix=$root/usr/local

export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
# shellcheck disable=SC2046 # pkg-config's words are words
cc -std=c11 -Wall -Wextra -Werror "$here/lib/receiver.c" $(pkg-config --cflags --libs hookroll-sign) \
    -o "$root/receiver"
[ "$(LD_LIBRARY_PATH="$prefix/lib" "$root/receiver")" = verified ]

foreign=$(nm -D --defined-only "$prefix/lib/libhookroll-sign.so" | awk '$3 !~ /^hookroll_/ { print $3 }')
if [ -n "$foreign" ]; then
    printf 'installed: the library shows names that are not its own:\n%s\n' "$foreign"
    exit 1
fi
# Offline: this machine's systemd need not run. 0.4 was reached; 2.0 is the most there may be.
systemd-analyze security --offline=true --threshold=20 \
    "$prefix/lib/systemd/system/hookroll.service" >/dev/null

mandoc -T lint -W warning "$prefix"/share/man/man[358]/*
# The sample of all settings is what the program says of it.
"$prefix/libexec/hookroll/hookroll.fcgi" --config "$prefix/share/hookroll/hookroll.conf" --show-config |
    cmp - "$prefix/share/hookroll/hookroll.conf"
bash -c 'source "$1" && complete -p hookrollctl' - "$prefix/share/bash-completion/completions/hookrollctl" \
    >/dev/null
printf 'installed: in order\n'
