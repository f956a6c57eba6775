/* json_at: steps are separated by dots; a number is an array's index. */
#include "support/json_at.h"

#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *render(struct json_object *value)
{
    if (json_object_is_type(value, json_type_string))
        return json_object_get_string(value);
    return json_object_to_json_string_ext(value,
                                          JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

static size_t size_of(struct json_object *value)
{
    return json_object_is_type(value, json_type_array) ? json_object_array_length(value)
                                                       : (size_t)json_object_object_length(value);
}

/* The value one step further down; false when there is none. */
static bool descend(struct json_object **value, const char *step)
{
    size_t index;

    if (json_object_is_type(*value, json_type_object))
        return json_object_object_get_ex(*value, step, value);
    if (!json_object_is_type(*value, json_type_array))
        return false;
    index = strtoul(step, NULL, 10);
    if (index >= json_object_array_length(*value))
        return false;
    *value = json_object_array_get_idx(*value, index);
    return true;
}

const char *json_at(struct text json, const char *path)
{
    static char out[1 << 16];
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *root = json_tokener_parse_ex(tokener, json.data, (int)json.len);
    struct json_object *value = root;
    bool found = true;
    char steps[128];
    char *rest = steps;
    char *step;

    ck_assert_int_eq(json_tokener_get_error(tokener), json_tokener_success);
    ck_assert_uint_eq(json_tokener_get_parse_end(tokener), json.len);
    json_tokener_free(tokener);
    (void)snprintf(steps, sizeof steps, "%s", path);
    out[0] = '\0';
    while (found && (step = strsep(&rest, ".")) != NULL) {
        if (strcmp(step, "#") == 0)
            (void)snprintf(out, sizeof out, "%zu", size_of(value));
        else
            found = descend(&value, step);
    }
    if (out[0] == '\0')
        (void)snprintf(out, sizeof out, "%s", found ? render(value) : "(absent)");
    json_object_put(root);
    return out;
}
