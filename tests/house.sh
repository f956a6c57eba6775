#!/bin/sh
# house: the rules of the code that no compiler checks: which floor may know
# which, one door for each foreign header, a domain that only computes, no
# unbounded string functions, every source file told of in DESIGN.md, every test
# run, every file of the tests distributed.
set -eu

cd "${srcdir:-$(dirname "$0")/..}"
failures=0

wrong() {
    printf 'house: %s\n' "$*"
    failures=$((failures + 1))
}

rank() {
    case $1 in
    base) echo 1 ;;
    domain) echo 2 ;;
    store) echo 3 ;;
    api) echo 4 ;;
    serve) echo 5 ;;
    *) echo 0 ;;
    esac
}

# Includes by path are of the same floor or of one below.
for file in src/*/*.[ch]; do
    floor=${file#src/}
    floor=${floor%%/*}
    # shellcheck disable=SC2013 # the name of a floor is one word
    for below in $(sed -n 's/^#include "\([^"/]*\).*/\1/p' "$file" | sort -u); do
        [ "$(rank "$below")" -gt 0 ] || wrong "$file includes from $below, which is no floor"
        [ "$(rank "$below")" -le "$(rank "$floor")" ] || wrong "$file includes from $below, above it"
    done
done

# door HEADER FILE: only FILE includes HEADER.
door() {
    for file in $(grep -lE "^#include <$1>" src/*/*.[ch] ctl/*.[ch] lib/*.[ch] cgi-bin/*.[ch] || true); do
        [ "$file" = "$2" ] || wrong "$file includes <$1>; its one door is $2"
    done
    grep -qE "^#include <$1>" "$2" || wrong "$2 is to be the door of <$1>"
}

door sodium.h src/base/crypto.c
door nettle/hmac.h src/base/hmac.c
door ucontext.h src/base/fiber.c
door time.h src/base/moment.c
door lmdb.h src/store/kv_inside.h
door syslog.h src/base/log_target.c
door systemd/sd-journal.h src/base/log_target.c
door json-c/json.h src/api/json_read.c
door fcgiapp.h src/serve/fcgi.c
door systemd/sd-daemon.h src/serve/supervisor.c

if grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|alloca|system|popen)\(' \
    src/*/*.c ctl/*.c lib/*.c cgi-bin/*.c; then
    wrong "the functions above have no bounds or no errors"
fi

# Other clocks than the one that moment.c waits by may be set while somebody waits.
if grep -nE '\b[a-z_]+_(timed|clock)(wait|lock|join_np)\(' src/*/*.c ctl/*.c lib/*.c cgi-bin/*.c |
    grep -v '^src/base/moment\.c:'; then
    wrong "who waits for a time waits in src/base/moment.c"
fi

# What the domain needs of the world are values that it is handed.
if grep -nE '\b(moment_(now|elapsed|wait)|crypto_random(_id)?|log_[a-z]+|v?f?printf|f?puts|f(open|read|write)|getenv)\(' \
    src/domain/*.[ch]; then
    wrong "src/domain has no clock, randomness, log or I/O"
fi

# Signatures are compared in constant time.
if grep -nE '\b(memcmp|strcmp|strncmp|text_equal)\(' src/domain/verify.c; then
    wrong "src/domain/verify.c compares by crypto_equal alone"
fi

# section FOLDER: what DESIGN.md says of the files in it.
section() {
    awk -v head="**\`$1/" '/^(\*\*`|## )/ { within = index($0, head) == 1 } within' DESIGN.md
}

for file in src/*/*.c ctl/*.c lib/*.c cgi-bin/*.c; do
    section "${file%/*}" | grep -qE "[\`/]${file##*/}\`" || wrong "DESIGN.md does not tell of $file"
done

# What Makefile.am names, but in its recipes, between blanks.
made=" $(grep -v "$(printf '^\t')" Makefile.am | tr '\n' ' ') "
for file in src/*/*.[ch] ctl/*.[ch] lib/*.[ch] cgi-bin/*.[ch] tests/*.[ch] tests/*/*.[ch] \
    tests/*.mjs tests/*/*.mjs tests/*/support/*.mjs tests/bench/stand_ins/* tests/package/*; do
    case $made in
    *" $file "*) ;;
    *) wrong "Makefile.am does not have $file" ;;
    esac
done

# shellcheck disable=SC2013 # the name of a suite is one word
for suite in $(sed -n 's/^Suite \*\([a-z0-9_]*\)(void);$/\1/p' tests/suites.h); do
    grep -qE "^ +$suite,\$" tests/unit.c || wrong "tests/unit.c does not run $suite"
done

[ "$failures" -eq 0 ] && printf 'house: in order\n'
exit $((failures > 0))
