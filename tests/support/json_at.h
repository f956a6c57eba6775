/* json_at: one value of a JSON text by its path, read by json-c alone. */
#ifndef HOOKROLL_TESTS_SUPPORT_JSON_AT_H
#define HOOKROLL_TESTS_SUPPORT_JSON_AT_H

#include "base/text.h"

/* json_at: of a path such as "data.secrets.0.value": a string's characters, any other
 * value's JSON text, "(absent)", or with "#" as last step how many values there are.
 * Borrowed until the next call; ends the test when `json` is no JSON. */
const char *json_at(struct text json, const char *path);

#endif
