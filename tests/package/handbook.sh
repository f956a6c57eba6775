# shellcheck shell=bash
# handbook: what docs/operating.md tells an operator to type, done to the letter.

: "${state:?a directory for what is kept}"

# commands_of HEADING: the lines of the block of commands below it.
commands_of() {
    awk -v heading="$1" '/^##/ { on = $0 ~ /^###? / && substr($0, index($0, " ") + 1) == heading }
        on && sub(/^    /, "")' /srv/operating.md | grep .
}

# follow HEADING: types them.
follow() {
    bash -ec "$(commands_of "$1" || echo 'echo nothing is told; exit 1')"
}

# make_project [USER CONFIG]: types what makes a project and its key, as that user of that store,
# and keeps both: the id in $state/project, the key where curl reads it.
make_project() {
    local create key project

    { read -r create && read -r key; } < <(commands_of 'A project and its API key' |
        sed "s/-u hookroll/-u ${1-hookroll}/; s|\$|${2+ --config $2}|")
    project=$(bash -ec "$create --json" | jq -er .uid) || return
    printf '%s' "$project" >"$state/project"
    bash -ec "${key/ID/$project} --json" | jq -er .key >"$state/key" || return
    printf 'header = "Authorization: Bearer %s"\n' "$(cat "$state/key")" >"$state/curlrc"
}
