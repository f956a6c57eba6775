# shellcheck shell=bash
# tap: what holds and what does not, a line each, and their sums as node's test runner prints them.

passes=0
fails=0

# expect NAME COMMAND...: it holds when the command succeeds; otherwise what it said follows.
# The command runs in a shell of its own.
expect() {
    local name=$1 output
    shift

    if output=$("$@" 2>&1); then
        passes=$((passes + 1))
        printf 'ok - %s\n' "$name"
    else
        fails=$((fails + 1))
        printf 'not ok - %s\n' "$name"
        printf '%s\n' "$output" | tail -n 40 | sed 's/^/    /'
    fi
}

# not_run PARTS REASON: says what was left out. ./check repeats such lines.
not_run() {
    printf 'not run: %s (%s)\n' "$1" "$2"
}

# tally FILE: adds what others wrote.
tally() {
    passes=$((passes + $(grep -c '^ok - ' "$1")))
    fails=$((fails + $(grep -c '^not ok - ' "$1")))
}

finish() {
    printf '# pass %d\n# fail %d\n' "$passes" "$fails"
    [ "$fails" -eq 0 ]
}
