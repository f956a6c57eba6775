#!/usr/bin/env bash
# manual: what the help, the pages in man/ and the completion say of the programs is what
# the programs take, no more and no less. Runs in the directory of the build.
set -euo pipefail
export LC_ALL=C

top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failures=0

wrong() {
    printf 'manual: %s\n' "$*"
    failures=$((failures + 1))
}

# same WHAT ONE OTHER: both are the same lines in any order, and there are some.
same() {
    local differing

    differing=$(diff <(sort -u <<<"$2") <(sort -u <<<"$3") | grep '^[<>]') || true
    [ -z "$differing" ] || wrong "$1 differ:"$'\n'"$differing"
    [ -n "$2" ] || wrong "$1: there is nothing"
}

long_options() {
    grep -oE -e '--[a-z][a-z-]*' | sort -u
}

# The options that a page explains, each an item of its list.
page_options() {
    grep -E '^\.It Fl' "$1" | grep -oE 'Fl -[a-z][a-z-]*' | sed 's/Fl /-/'
}

# "COMMAND" and "COMMAND --option", a line each, from the help of hookrollctl.
help_commands() {
    awk '
        function tell(text) {
            for (; match(text, /--[a-z][a-z-]*/); text = substr(text, RSTART + RLENGTH))
                print command, substr(text, RSTART, RLENGTH)
        }
        $0 == "" { part++ }
        part == 1 && /^  [a-z]/ {
            command = substr($0, 3, 17)
            sub(/ +$/, "", command)
            print command
        }
        part == 1 { tell(substr($0, 21)) }
        part == 1 && /SETTING/ { with_settings[command] }
        /^SETTING:/ { settings = 1 }
        /^Every command/ { settings = 0 }
        settings { described = described $0 }
        END {
            for (command in with_settings)
                tell(described)
        }' <<<"$help"
}

page_commands() {
    awk '
        /^\.It Xo/ { inside = 1 }
        /^\.Xc/ { inside = 0 }
        inside && /^\.Cm/ { command = $2 ($3 != "" ? " " $3 : ""); print command }
        inside && match($0, /Fl -[a-z-]+/) { print command, "-" substr($0, RSTART + 3, RLENGTH - 3) }
    ' man/hookrollctl.8
}

# "COMMAND --option" for all that the program itself takes. The option that ends each line
# lacks its value, so that nothing is run.
taken() {
    local command option words answer

    while read -r command; do
        read -ra words <<<"$command"
        while read -r option; do
            answer=$(./hookrollctl "${words[@]}" "$option=x" --store 2>&1) || true
            [[ $answer == *'does not take'* ]] || printf '%s %s\n' "$command" "$option"
        done <<<"$options"
    done <<<"$commands"
}

# offered WORD...: what bash completes the last word to.
offered() {
    local COMP_WORDS=(hookrollctl "$@") COMP_CWORD=$# COMPREPLY=()

    _hookrollctl
    [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}

completed() {
    local command words word

    while read -r command; do
        printf '%s\n' "$command"
        read -ra words <<<"$command"
        for word in $(offered "${words[@]}" --); do
            printf '%s %s\n' "$command" "$word"
        done
    done <<<"$commands"
}

# --- hookrollctl ---

help=$(./hookrollctl --help)
options=$(grep -oE '"--[a-z-]+"' "$top/ctl/args.c" | tr -d '"')
commands=$(sed -nE 's/^    \{"([a-z-]+)", ("([a-z]+)"|NULL), ctl_.*/\1 \3/p' "$top/ctl/hookrollctl.c" |
    sed 's/ $//')
described=$(help_commands)
general=$(sed -n '/^Every command/,/S is a number/p' <<<"$help" | long_options)
everywhere=$(while read -r command; do
    printf '%s\n' "$command"
    for option in $general; do printf '%s %s\n' "$command" "$option"; done
done <<<"$commands")

same 'the commands of hookrollctl and of its help' "$commands" "$(grep -v -e -- <<<"$described")"
same 'the options of hookrollctl and of its help' "$options"$'\n--help\n--version' "$(long_options <<<"$help")"
same 'what commands take and their help' "$(taken)"$'\n'"$commands" "$described"$'\n'"$everywhere"
same 'the commands of the help and of hookrollctl(8)' "$described" "$(page_commands)"
same 'the options of the help and of hookrollctl(8)' "$(long_options <<<"$help")" \
    "$(page_options man/hookrollctl.8)"

scopes=$(sed -nE 's/.*\{SCOPE_[A-Z_]+, "(.*)"\}.*/\1/p' "$top/src/domain/apikey.c")
same 'the scopes of keys and those of the help' "$scopes" \
    "$(sed -n '/^Scopes:/,/\.$/p' <<<"$help" | grep -oE '[a-z]+:[a-z]+|project_admin|sign')"
same 'the scopes of keys and those of hookrollctl(8)' "$scopes" \
    "$(sed -n '/^\.It Fl -scopes/,/^\.It Fl -expires-in/s/^\.Li \([^ ]*\).*/\1/p' man/hookrollctl.8)"

# --- completion ---

# shellcheck source=completion/hookrollctl
source "$top/completion/hookrollctl"
same 'what commands take and what is completed' "$described"$'\n'"$everywhere" "$(completed)"
same 'first words of commands and what is completed' \
    "$(cut -d ' ' -f 1 <<<"$commands")"$'\n--help\n--version' "$(offered '')"
while read -r noun; do
    same "the commands of $noun and what is completed" \
        "$(sed -n "s/^$noun //p" <<<"$commands")" "$(offered "$noun" '')"
done < <(sed -n 's/ .*//p' <<<"$commands" | sort -u)
mkdir "$place/a directory"
touch "$place/a file"
for option in --config --master-key --input --secret-file --payload --headers; do
    same "files and what is completed for $option" "$(printf '%s\n' "$place"/*)" \
        "$(offered roll "$option" "$place/a")"
    same "files and what is completed for $option=" "$(printf '%s\n' "$place"/*)" \
        "$(offered roll "$option" = "$place/a")"
done
same 'directories and what is completed' "$place/a directory" "$(offered init --store "$place/")"
[ -z "$(offered roll --project '')" ] || wrong 'an id is completed'
[ -z "$(offered explode --)" ] || wrong 'a command that there is not is completed'

# --- hookroll.fcgi ---

options=$(sed -nE 's/^ +\{"([a-z-]+)", (no|required)_argument.*/--\1/p' "$top/cgi-bin/arguments.c")
same 'the options of hookroll.fcgi and of its help' "$options" "$(./hookroll.fcgi --help | long_options)"
same 'the options of hookroll.fcgi and of its page' "$options" "$(page_options man/hookroll.fcgi.8)"

# --- settings ---

settings=$(./hookroll.fcgi --config /dev/null --show-config)
names=$(sed -nE 's/^#([a-z_]+) =.*/\1/p' <<<"$settings")
same 'the settings and those of hookroll.conf(5)' "$names" "$(sed -n 's/^\.It Ic //p' man/hookroll.conf.5)"
for name in $names; do
    said=$(grep -B2 "^#$name =" <<<"$settings" | sed -n 's/^# //p' | paste -sd ' ')
    page=$(sed -n "/^\.It Ic $name\$/,/^\.\(Pp\|It\|El\)/p" man/hookroll.conf.5 | sed '1d;$d' | paste -sd ' ')
    [ "$said" = "$page" ] || wrong "hookroll.conf(5) says of $name: $page"$'\n'"instead of: $said"
done

[ "$failures" -eq 0 ] && printf 'manual: in order\n'
exit $((failures > 0))
