/* text: a borrowed run of bytes with its length; no terminator is implied.
 *
 * All functions are pure and thread-safe. UTF-8 is RFC 3629's: no overlong
 * forms, no surrogates, nothing above U+10FFFF. */
#ifndef HOOKROLL_BASE_TEXT_H
#define HOOKROLL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed: whoever made it says for how long. Absent text is {NULL, 0}. */
struct text {
    const char *data;
    size_t len; /* bytes */
};

/* For printf: "%.*s", TEXT_ARG(t). */
#define TEXT_ARG(t) ((int)(t).len), ((t).data != NULL ? (t).data : "")

/* text_of: the C string's bytes, borrowed as long as `s` lives; NULL gives absent text. */
struct text text_of(const char *s);

/* text_equal: same bytes. Not constant time: never for secrets (crypto_equal).
 * text_equal_caseless: but for the case of ASCII letters, whatever the locale. */
bool text_equal(struct text a, struct text b);
bool text_equal_caseless(struct text a, struct text b);
bool text_is(struct text a, const char *s);

/* text_begins: its first bytes are those of the C string. As text_equal, not constant time. */
bool text_begins(struct text t, const char *with);

/* text_is_utf8: the whole run is well-formed UTF-8. text_utf8_len: how many bytes
 * at its beginning are. */
bool text_is_utf8(struct text t);
size_t text_utf8_len(struct text t);

/* text_control_len: of the control character that `t`, UTF-8, begins with, C0, DEL or C1: 1 byte or
 * 2; 0: it begins with none. text_has_control: there is one in it. */
size_t text_control_len(struct text t);
bool text_has_control(struct text t);

/* text_characters: how many Unicode scalar values `t`, which is UTF-8, has. */
size_t text_characters(struct text t);

/* text_is_token: nothing in it but what a header's name may hold (RFC 9110,
 * section 5.6.2). */
bool text_is_token(struct text t);

/* text_contains: `part` occurs in `t` when case is ignored, by Unicode's simple
 * mapping of single characters; both are UTF-8. Absent or empty text is in every other. */
bool text_contains(struct text t, struct text part);

/* text_trim: without spaces and tabs at both ends. */
struct text text_trim(struct text t);

/* text_from: without its first `n` bytes; empty when there are not so many. */
struct text text_from(struct text t, size_t n);

/* text_up_to: what stands before the first `stop`, or all of it. text_after: what
 * stands behind the byte at `n`; empty when there is no such byte. */
struct text text_up_to(struct text t, char stop);
struct text text_after(struct text t, size_t n);

/* text_to_int64: the whole run is one decimal integer, an optional '-' before
 * it, and fits; nothing else is accepted. False leaves *out alone. */
bool text_to_int64(struct text t, int64_t *out);

/* text_of_int64: decimal digits, borrowed from `room`. */
enum {
    TEXT_INT64_SIZE = 20 /* "-9223372036854775808" */
};
struct text text_of_int64(int64_t value, char room[TEXT_INT64_SIZE]);

/* text_hex_digit: 0 to 15, or -1 of what is no digit in either case. */
int text_hex_digit(char c);

/* text_copy: into a C string of `size` bytes, terminator included. False, and
 * an empty string, when it does not fit or holds a NUL byte. */
bool text_copy(struct text t, char *to, size_t size);

#endif
