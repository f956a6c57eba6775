/* json_read: strict JSON (RFC 8259) in; the one door to json-c.
 *
 * Stricter than the library: refused are members given twice, more than 32
 * levels, bytes after the value, text that is not UTF-8, lone surrogates, NUL
 * bytes and every other liberty. Thread-safe: a document belongs to its caller. */
#ifndef HOOKROLL_API_JSON_READ_H
#define HOOKROLL_API_JSON_READ_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

enum json_kind {
    JSON_KIND_ABSENT, /* no such member, or null */
    JSON_KIND_BOOLEAN,
    JSON_KIND_INTEGER, /* no fraction, no exponent */
    JSON_KIND_NUMBER,  /* any other number */
    JSON_KIND_STRING,
    JSON_KIND_OBJECT,
    JSON_KIND_ARRAY
};

/* json_read_object: *out is new, released with json_read_free. RC_INVALID with
 * one fault, on the body as a whole, unless `body` is one JSON object. The fault tells the place
 * in characters from 1, where that is known, and which member is given twice. RC_TOO_LARGE with
 * one fault when it has more values than memory is taken for: 64 MiB beside its own bytes.
 * RC_NO_MEMORY. */
RC_CHECK enum rc json_read_object(struct text body, struct json_object **out,
                                  struct faults *faults);

/* json_read_is_blank: whether JSON lets this character stand between words. */
bool json_read_is_blank(char c);

/* json_read_free: wipes every string; NULL is let pass. */
void json_read_free(struct json_object *object);

/* Members of an object; everything is borrowed from it. */
enum json_kind json_read_kind(const struct json_object *object, const char *name);

/* json_read_has_only: whether no member has another name than these. */
bool json_read_has_only(const struct json_object *object, const char *const *names, size_t count);

/* json_read_like: how many members have this name when case is ignored, as in the names
 * of headers; *out is the last one's as written, and stays as it is without one. */
size_t json_read_like(const struct json_object *object, struct text name, const char **out);

/* Of a member of that kind. Integers beyond 64 bits give INT64_MIN or INT64_MAX. */
bool json_read_boolean(const struct json_object *object, const char *name);
int64_t json_read_integer(const struct json_object *object, const char *name);
struct text json_read_text(const struct json_object *object, const char *name);
const struct json_object *json_read_member(const struct json_object *object, const char *name);

/* Elements of a member that is an array; what they are made of is read like members. */
size_t json_read_count(const struct json_object *object, const char *name);
enum json_kind json_read_item_kind(const struct json_object *object, const char *name, size_t i);
struct text json_read_item_text(const struct json_object *object, const char *name, size_t i);
const struct json_object *json_read_item(const struct json_object *object, const char *name,
                                         size_t i);

#endif
