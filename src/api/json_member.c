/* json_member: key and value in one call. */
#include "api/json_member.h"

void json_member_text(struct json_write *json, const char *key, struct text value)
{
    json_write_key(json, key);
    json_write_text(json, value);
}

void json_member_string(struct json_write *json, const char *key, const char *value)
{
    json_write_key(json, key);
    json_write_string(json, value);
}

void json_member_integer(struct json_write *json, const char *key, int64_t value)
{
    json_write_key(json, key);
    json_write_integer(json, value);
}

void json_member_boolean(struct json_write *json, const char *key, bool value)
{
    json_write_key(json, key);
    json_write_boolean(json, value);
}

void json_member_moment(struct json_write *json, const char *key, int64_t moment)
{
    json_write_key(json, key);
    json_write_moment(json, moment);
}

void json_write_uid(struct json_write *json, const struct uid *uid)
{
    char text[UID_SIZE];

    uid_format(uid, text);
    json_write_clean(json, (struct text){text, sizeof text - 1});
}

void json_member_uid(struct json_write *json, const char *key, const struct uid *uid)
{
    json_write_key(json, key);
    if (uid_is_none(uid))
        json_write_null(json);
    else
        json_write_uid(json, uid);
}
