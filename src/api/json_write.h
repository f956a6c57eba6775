/* json_write: writes JSON (RFC 8259) into a buf, commas and escapes included.
 *
 * The caller opens and closes in order; failure is the buf's. One thread at a time. */
#ifndef HOOKROLL_API_JSON_WRITE_H
#define HOOKROLL_API_JSON_WRITE_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct json_write {
    struct buf *buf;
    bool comma; /* one is due before the next value or key */
};

struct json_write json_write_to(struct buf *buf);

void json_write_begin_object(struct json_write *json);
void json_write_end_object(struct json_write *json);
void json_write_begin_array(struct json_write *json);
void json_write_end_array(struct json_write *json);

/* json_write_key: `key` is ours: plain ASCII that needs no escape. */
void json_write_key(struct json_write *json, const char *key);

/* json_write_text: `t` is UTF-8. */
void json_write_text(struct json_write *json, struct text t);
void json_write_string(struct json_write *json, const char *s);

/* json_write_clean: text that is ours, in which nothing has to be escaped. */
void json_write_clean(struct json_write *json, struct text t);

/* json_write_json: a value that is JSON already. */
void json_write_json(struct json_write *json, struct text t);

void json_write_integer(struct json_write *json, int64_t value);
void json_write_boolean(struct json_write *json, bool value);
void json_write_null(struct json_write *json);

/* json_write_moment: RFC 3339; INT64_MAX, which is no moment, as null. */
void json_write_moment(struct json_write *json, int64_t moment);

#endif
