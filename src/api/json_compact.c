/* json_compact: looks whether it is JSON, builds nothing, and copies all but the blanks that stand
 * outside strings. */
#include "api/json_compact.h"

#include "api/json_look.h"
#include "api/json_read.h"

/* What may stand next. */
enum next {
    VALUE,
    VALUE_OR_END, /* behind '[' */
    NAME,
    NAME_OR_END, /* behind '{' */
    COLON,
    COMMA_OR_END,
    NOTHING /* the value is whole */
};

struct order {
    enum next next;
    bool in_array[JSON_LOOK_DEPTH_MAX + 1]; /* of what is open, by its depth */
};

static bool may_stand_value(struct order *order, int depth)
{
    bool good = order->next == VALUE || order->next == VALUE_OR_END;

    order->next = depth == 0 ? NOTHING : COMMA_OR_END;
    return good;
}

/* Of an object or an array that was open one deeper. */
static bool may_stand_end(struct order *order, bool array, int depth)
{
    bool good = order->next == (array ? VALUE_OR_END : NAME_OR_END) ||
                (order->next == COMMA_OR_END && order->in_array[depth + 1] == array);

    order->next = depth == 0 ? NOTHING : COMMA_OR_END;
    return good;
}

/* Whether the word that begins with `c` may stand where it does (RFC 8259, sections 2 to 5); with
 * it so many objects and arrays are open. */
static bool may_stand(struct order *order, char c, int depth)
{
    enum next next = order->next;

    switch (c) {
    case '{':
    case '[':
        order->in_array[depth] = c == '[';
        order->next = c == '[' ? VALUE_OR_END : NAME_OR_END;
        return next == VALUE || next == VALUE_OR_END;
    case '}':
    case ']':
        return may_stand_end(order, c == ']', depth);
    case ',':
        order->next = order->in_array[depth] ? VALUE : NAME;
        return next == COMMA_OR_END;
    case ':':
        order->next = VALUE;
        return next == COLON;
    case '"':
        if (next != NAME && next != NAME_OR_END)
            break;
        order->next = COLON;
        return true;
    default:
        break;
    }
    return may_stand_value(order, depth);
}

static bool is_json(struct text json)
{
    struct json_look look = {.t = json};
    struct order order = {.next = VALUE};

    while (look.at < json.len) {
        char c = json.data[look.at];

        if (!json_look_at_word(&look) || (c == '"' && look.string.len == 0))
            return false;
        if (!json_read_is_blank(c) && !may_stand(&order, c, look.depth))
            return false;
    }
    return order.next == NOTHING && text_is_utf8(json);
}

enum rc json_compact(struct text json, struct arena *arena, struct text *out)
{
    bool in_string = false;
    size_t len = 0;
    char *room;

    if (!is_json(json))
        return RC_INVALID;
    room = arena_alloc(arena, json.len);
    if (room == NULL)
        return RC_NO_MEMORY;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.data[i];

        if (!in_string && json_read_is_blank(c))
            continue;
        room[len++] = c;
        if (in_string && c == '\\')
            room[len++] = json.data[++i]; /* looked at: an escape has a second character */
        else if (c == '"')
            in_string = !in_string;
    }
    *out = (struct text){room, len};
    return RC_OK;
}
