/* json_compact: copies all but the blanks that stand outside strings. */
#include "api/json_compact.h"

#include "api/json_read.h"

enum rc json_compact(struct text json, struct arena *arena, struct text *out)
{
    bool in_string = false;
    size_t len = 0;
    char *room;
    enum rc rc = json_read_check(json);

    if (rc != RC_OK)
        return rc;
    room = arena_alloc(arena, json.len);
    if (room == NULL)
        return RC_NO_MEMORY;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.data[i];

        if (!in_string && json_read_is_blank(c))
            continue;
        room[len++] = c;
        if (in_string && c == '\\')
            room[len++] = json.data[++i]; /* checked: an escape has a second character */
        else if (c == '"')
            in_string = !in_string;
    }
    *out = (struct text){room, len};
    return RC_OK;
}
