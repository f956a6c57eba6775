/* json_write: puts JSON together; its shape is the caller's. */
#include "api/json_write.h"

#include "api/json_plain.h"
#include "base/moment.h"

#include <stdio.h>
#include <string.h>

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

void json_write_json(struct json_write *json, struct text t)
{
    char *at = buf_room(json->buf, t.len + (json->comma ? 1 : 0));

    if (at == NULL)
        return;
    if (json->comma)
        *at++ = ',';
    memcpy(at, t.data, t.len);
    json->comma = true;
}

/* A string without anything to escape, and what follows its closing quote. */
static void put_quoted(struct json_write *json, struct text t, struct text behind)
{
    char *at = buf_room(json->buf, t.len + behind.len + (json->comma ? 3 : 2));

    if (at == NULL)
        return;
    if (json->comma)
        *at++ = ',';
    *at++ = '"';
    if (t.len > 0)
        memcpy(at, t.data, t.len);
    at += t.len;
    *at++ = '"';
    if (behind.len > 0)
        memcpy(at, behind.data, behind.len);
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
    put_quoted(json, text_of(key), (struct text){":", 1});
    json->comma = false;
}

/* The escape of a byte that may not stand in a string as it is. */
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
        (void)snprintf(room, 7, "\\u%04x", c);
        return room;
    }
}

static void put_escaped(struct json_write *json, struct text t)
{
    open_with(json, '"');
    while (t.len > 0) {
        size_t clean = json_plain_len(t);
        char room[7];

        buf_put(json->buf, t.data, clean);
        if (clean == t.len)
            break;
        buf_put_string(json->buf, escape((unsigned char)t.data[clean], room));
        t = (struct text){t.data + clean + 1, t.len - clean - 1};
    }
    buf_put_byte(json->buf, '"');
}

void json_write_text(struct json_write *json, struct text t)
{
    if (json_plain_len(t) == t.len)
        put_quoted(json, t, (struct text){NULL, 0});
    else
        put_escaped(json, t);
    json->comma = true;
}

void json_write_clean(struct json_write *json, struct text t)
{
    put_quoted(json, t, (struct text){NULL, 0});
    json->comma = true;
}

void json_write_string(struct json_write *json, const char *s)
{
    json_write_text(json, text_of(s));
}

void json_write_integer(struct json_write *json, int64_t value)
{
    char room[TEXT_INT64_SIZE];

    json_write_json(json, text_of_int64(value, room));
}

void json_write_boolean(struct json_write *json, bool value)
{
    json_write_json(json, value ? text_of("true") : text_of("false"));
}

void json_write_null(struct json_write *json)
{
    json_write_json(json, text_of("null"));
}

void json_write_moment(struct json_write *json, int64_t moment)
{
    char text[MOMENT_SIZE];

    if (moment == INT64_MAX) {
        json_write_null(json);
        return;
    }
    moment_format(moment, text);
    json_write_clean(json, (struct text){text, sizeof text - 1});
}
