/* json_member: writes one member of an object, its key and its value. As json_write. */
#ifndef HOOKROLL_API_JSON_MEMBER_H
#define HOOKROLL_API_JSON_MEMBER_H

#include "api/json_write.h"
#include "base/text.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stdint.h>

void json_member_text(struct json_write *json, const char *key, struct text value);
void json_member_string(struct json_write *json, const char *key, const char *value);
void json_member_integer(struct json_write *json, const char *key, int64_t value);
void json_member_boolean(struct json_write *json, const char *key, bool value);

/* json_member_uid: UID_NONE as null. json_member_moment: ms; INT64_MAX as null. */
void json_member_uid(struct json_write *json, const char *key, const struct uid *uid);
void json_member_moment(struct json_write *json, const char *key, int64_t moment);

/* json_write_uid: a value alone. */
void json_write_uid(struct json_write *json, const struct uid *uid);

#endif
