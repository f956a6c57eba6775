# shellcheck shell=bash
# calls: requests to the API through the web server that runs, one at a time or as a load.

: "${state:?a directory for what is kept}"

base=http://localhost/api

# call METHOD PATH [BODY]: prints the answer, fails on another status than 2xx. The key goes to curl
# in a file: an argument would be seen by all.
call() {
    curl -sS --fail-with-body -K "$state/curlrc" -H 'Content-Type: application/json' -X "$1" \
        "$base/v1/projects/$(cat "$state/project")$2" ${3+-d "$3"}
}

# make_endpoint: one of its own, whose id is kept in $state/endpoint.
make_endpoint() {
    call POST /endpoints '{"name":"packaged","url":"https://receiver.example/"}' |
        jq -er .data.uid >"$state/endpoint" || return
    true >"$state/rolled"
}

# rolls: what the README promises, through this server.
rolls() {
    local answer

    # A server that was just started may not listen yet.
    curl -sS --fail-with-body --retry 5 --retry-connrefused "$base/healthz" && make_endpoint || return
    answer=$(call PUT "/endpoints/$(cat "$state/endpoint")/expire_secret" '{"expiration":3600}') &&
        printf '%s\n' "$answer" | tee -a "$state/answers" |
        jq -e '.data.secrets | length == 2 and .[0].expires_at != null and .[1].expires_at == null'
}

# one_after_the_other NAME METHOD PATH [BODY]: until $state/stop is there. Answers are kept in
# $state/answers.NAME, refusals in $state/refusals.NAME.
one_after_the_other() {
    local name=$1
    shift

    until [ -e "$state/stop" ]; do
        if call "$@" >"$state/last.$name" 2>&1; then
            printf '%s\n' "$(cat "$state/last.$name")" >>"$state/answers.$name"
        else
            cat "$state/last.$name" >>"$state/refusals.$name"
        fi
    done
}

# flow: waits until the load has had a hundred more answers.
flow() {
    timeout 60 tail -qn 0 -F "$state/answers.roll1" "$state/answers.roll2" "$state/answers.get1" \
        "$state/answers.get2" 2>/dev/null | head -n 100 >"$state/flow"
    [ "$(wc -l <"$state/flow")" -eq 100 ]
}

# under_load COMMAND...: rolls and reads go on while it is done; succeeds when it does. The uids
# of what was rolled are in $state/rolled.
under_load() {
    local endpoint path status

    rm -f "$state"/stop "$state"/refusals.* "$state"/answers.*
    touch "$state"/answers.{roll1,roll2,get1,get2} "$state"/refusals.{roll1,roll2,get1,get2}
    make_endpoint || return
    endpoint=$(cat "$state/endpoint")
    path=/endpoints/$endpoint
    one_after_the_other roll1 PUT "$path/expire_secret" '{"expiration":0}' &
    one_after_the_other roll2 PUT "$path/expire_secret" '{"expiration":0}' &
    one_after_the_other get1 GET "$path" &
    one_after_the_other get2 GET "$path/history" &
    flow && "$@" && flow
    status=$?
    touch "$state/stop"
    wait
    cat "$state"/answers.roll? | tee -a "$state/answers" | jq -er '.data.secrets[-1].uid' >"$state/rolled"
    return "$status"
}

# none_refused: of the load.
none_refused() {
    ! grep -h 'curl:' "$state"/refusals.*
}

# each_in_history: what the load was told is rolled is in the history, once.
each_in_history() {
    local history

    history=$(call_history) || return
    [ -s "$state/rolled" ] && [ -z "$(sort "$state/rolled" | uniq -d)" ] &&
        [ -z "$(comm -23 <(sort "$state/rolled") <(printf '%s\n' "$history" | sort))" ]
}

call_history() {
    runuser -u hookroll -- hookrollctl history --json --project "$(cat "$state/project")" \
        --endpoint "$(cat "$state/endpoint")" | jq -er '.[].new_secret'
}
