/* json_write: puts JSON together; its shape is the caller's. */
#include "api/json_write.h"

#include "base/moment.h"

#include <inttypes.h>
#include <stdio.h>

struct json_write json_write_to(struct buf *buf)
{
    return (struct json_write){buf, false};
}

static void open_with(struct json_write *json, char c)
{
    if (json->comma)
        buf_put_byte(json->buf, ',');
    buf_put_byte(json->buf, c);
    json->comma = false;
}

static void close_with(struct json_write *json, char c)
{
    buf_put_byte(json->buf, c);
    json->comma = true;
}

static void raw(struct json_write *json, const char *s)
{
    if (json->comma)
        buf_put_byte(json->buf, ',');
    buf_put_string(json->buf, s);
    json->comma = true;
}

void json_write_begin_object(struct json_write *json)
{
    open_with(json, '{');
}

void json_write_end_object(struct json_write *json)
{
    close_with(json, '}');
}

void json_write_begin_array(struct json_write *json)
{
    open_with(json, '[');
}

void json_write_end_array(struct json_write *json)
{
    close_with(json, ']');
}

void json_write_key(struct json_write *json, const char *key)
{
    open_with(json, '"');
    buf_put_string(json->buf, key);
    buf_put_string(json->buf, "\":");
}

/* The escape of a byte that may not stand in a string as it is; NULL for others. */
static const char *escape(unsigned char c, char room[7])
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        if (c >= 0x20)
            return NULL;
        (void)snprintf(room, 7, "\\u%04x", c);
        return room;
    }
}

void json_write_text(struct json_write *json, struct text t)
{
    size_t plain = 0;

    open_with(json, '"');
    for (size_t i = 0; i < t.len; i++) {
        char room[7];
        const char *escaped = escape((unsigned char)t.data[i], room);

        if (escaped == NULL)
            continue;
        buf_put(json->buf, t.data + plain, i - plain);
        buf_put_string(json->buf, escaped);
        plain = i + 1;
    }
    if (t.len > plain)
        buf_put(json->buf, t.data + plain, t.len - plain);
    close_with(json, '"');
}

void json_write_string(struct json_write *json, const char *s)
{
    json_write_text(json, text_of(s));
}

void json_write_integer(struct json_write *json, int64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    raw(json, digits);
}

void json_write_boolean(struct json_write *json, bool value)
{
    raw(json, value ? "true" : "false");
}

void json_write_null(struct json_write *json)
{
    raw(json, "null");
}

void json_write_moment(struct json_write *json, int64_t moment)
{
    char text[MOMENT_SIZE];

    if (moment == INT64_MAX) {
        json_write_null(json);
        return;
    }
    moment_format(moment, text);
    json_write_string(json, text);
}
