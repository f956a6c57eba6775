# shellcheck shell=bash
# systemd: the units as they run, and that nothing is lost while they are reloaded, restarted,
# killed and upgraded.

: "${state:?a directory for what is kept}" "${key:?the master key}"

up() {
    systemctl is-active hookroll.socket hookroll.service &&
        rights_are /run/hookroll/hookroll.sock '660 root www-data' &&
        runs_as_hookroll
}

runs_as_hookroll() {
    grep -P "^Uid:(\\t$(id -u hookroll)){4}\$" "/proc/$(main_pid)/status" &&
        grep -P '^Cap(Eff|Prm|Bnd|Amb):\t0+$' -c "/proc/$(main_pid)/status" | grep -x 4
}

main_pid() {
    systemctl show -P MainPID hookroll
}

# The socket alone, and the first request: the responder is there.
activation() {
    systemctl stop hookroll.service && systemctl is-active hookroll.socket &&
        ! systemctl is-active hookroll.service && rolls && systemctl is-active hookroll.service
}

# repeat N COMMAND...
repeat() {
    local times=$1 i
    shift

    for ((i = 0; i < times; i++)); do
        "$@" || return
    done
}

restart_and_flow() {
    systemctl restart hookroll && flow
}

# In the same process: not even a connection is closed.
restarted_in_place_and_flow() {
    local pid

    pid=$(main_pid)
    systemctl kill -s USR2 --kill-whom=main hookroll && flow && [ "$(main_pid)" = "$pid" ]
}

killed_and_flow() {
    kill -KILL "$(main_pid)" && flow
}

upgrade() {
    local pid socket

    pid=$(main_pid)
    socket=$(stat -c %i /run/hookroll/hookroll.sock)
    apt-get install /srv/later/hookroll_*.deb && [ "$(main_pid)" != "$pid" ] &&
        [ "$(stat -c %i /run/hookroll/hookroll.sock)" = "$socket" ]
}

# Wrong settings make the reload fail, with the line in the journal, and the responder goes on.
wrong_reload() {
    local good

    good=$(cat /etc/hookroll/hookroll.conf)
    printf 'workers = none\n' >>/etc/hookroll/hookroll.conf
    ! systemctl reload hookroll && journalctl -u hookroll | grep 'workers must be' && rolls
    local status=$?
    printf '%s\n' "$good" >/etc/hookroll/hookroll.conf
    return "$status"
}

one_key() {
    [ "$(grep -c . "$key")" -eq 1 ] && rights_are "$key" '600 hookroll hookroll'
}

# Nothing that was answered, nor the keys, is in the journal or in a web server's log.
kept_secret() {
    { jq -r '.. | .value? | strings' "$state/answers" && cat "$state/key" &&
        sed 's/.* //' "$key"; } | sort -u >"$state/secrets"
    journalctl --no-pager -a -o export >"$state/journal"
    [ "$(wc -l <"$state/secrets")" -gt 100 ] && grep -c 'serves the socket on fd 0' "$state/journal" &&
        ! grep -rlF -f "$state/secrets" "$state/journal" /var/log
}

behind() {
    local name=$1

    expect "$name is set up" follow "Behind $name"
    expect "a secret is rolled through $name" rolls
    expect "$name: it is reloaded and restarted under load" under_load \
        eval 'repeat 3 systemctl reload hookroll && repeat 5 restart_and_flow &&
            repeat 2 restarted_in_place_and_flow'
    expect "$name: no request was refused meanwhile" none_refused
    expect "$name: each roll that was answered is in the history" each_in_history
}

under_systemd() {
    expect 'socket and responder are up, and it runs as hookroll without capabilities' up
    behind Apache
    systemctl stop apache2
    behind nginx
    systemctl stop nginx
    behind lighttpd
    expect 'the first request starts a stopped responder' activation
    expect 'wrong settings are not taken' wrong_reload
    expect 'the package is upgraded under load' under_load upgrade
    expect 'no request was refused meanwhile' none_refused
    expect 'each roll that was answered is in the history' each_in_history
    expect 'the responder is killed under load, and is back' under_load repeat 3 killed_and_flow
    expect 'each roll that was answered is in the history, once' each_in_history
    expect 'the master key is replaced under load' under_load follow 'The master key'
    expect 'no request was refused meanwhile' none_refused
    expect 'each roll that was answered is in the history' each_in_history
    expect 'the key file holds one key, and belongs to whom it should' one_key
    expect 'no secret is in the journal or a log' kept_secret
    systemctl stop lighttpd
}
