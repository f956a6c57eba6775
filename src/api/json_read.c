/* json_read: json-c builds the document; what json-c lets through is refused
 * here, by a look at the words of the text before it and a count after it. */
#include "api/json_read.h"

#include "api/json_look.h"
#include "base/crypto.h"

#include <errno.h>
#include <json-c/json.h>
#include <json-c/printbuf.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool json_read_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum {
    NAME_SHOWN_MAX = 24, /* bytes of a member's name in an error */

    /* Beside the bytes of the text, json-c 0.16 takes 792 of memory for an empty object, 152 for an
     * empty array, 72 to 104 for any other value, and 105 more where it is a member's (glibc's
     * mallinfo2): so VALUE_BYTES are enough, and 64 MiB the most. No request of the API has a
     * thousand values. */
    VALUES_MAX = 65536,
    VALUE_BYTES = 1024
};

static struct text text_in(struct json_object *value)
{
    return (struct text){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

static size_t count_members(struct json_object *value)
{
    size_t count = 0;

    if (json_object_is_type(value, json_type_object)) {
        struct json_object_iterator at = json_object_iter_begin(value);
        struct json_object_iterator end = json_object_iter_end(value);

        for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
            count += 1 + count_members(json_object_iter_peek_value(&at));
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            count += count_members(json_object_array_get_idx(value, i));
    }
    return count;
}

/* The place is told in characters, as editors count them. */
static enum rc malformed(struct text body, size_t at, const char *why, struct faults *faults)
{
    faults_add(faults, "", "body contains badly-formed JSON (at character %zu)%s",
               text_characters((struct text){body.data, at}) + 1, why);
    return RC_INVALID;
}

static enum rc cut_short(struct faults *faults)
{
    faults_add(faults, "", "body contains badly-formed JSON");
    return RC_INVALID;
}

/* json-c reads every string through one buffer. Made large enough at once, it
 * leaves no copies behind when it grows; and it is wiped before it is freed. */
static struct json_tokener *new_tokener(size_t len)
{
    struct json_tokener *tokener = json_tokener_new_ex(JSON_LOOK_DEPTH_MAX + 1);

    if (tokener == NULL)
        return NULL;
    if (printbuf_memset(tokener->pb, (int)len, 0, 1) < 0) {
        json_tokener_free(tokener);
        return NULL;
    }
    printbuf_reset(tokener->pb);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
    return tokener;
}

static void free_tokener(struct json_tokener *tokener)
{
    crypto_wipe(tokener->pb->buf, (size_t)tokener->pb->size);
    json_tokener_free(tokener);
}

/* json-c makes itself a locale whose numbers are C's, for each text, under a lock that all threads
 * share: out of the thread's, unless that is C's, which glibc neither copies nor locks. */
static struct json_object *run(struct json_tokener *tokener, struct text t)
{
    locale_t before = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
    struct json_object *value = json_tokener_parse_ex(tokener, t.data, (int)t.len);

    (void)uselocale(before);
    return value;
}

/* The library's part: *out is new on RC_OK, NULL standing for null. */
static enum rc parse(struct text body, struct json_object **out, struct faults *faults)
{
    struct json_tokener *tokener = new_tokener(body.len);
    enum json_tokener_error error;
    bool memory;
    size_t end;

    if (tokener == NULL)
        return RC_NO_MEMORY;
    errno = 0;
    *out = run(tokener, body);
    error = json_tokener_get_error(tokener);
    end = json_tokener_get_parse_end(tokener);
    if (error == json_tokener_continue) {
        /* A number ends only with what follows it. */
        *out = run(tokener, (struct text){" ", 1});
        error = json_tokener_get_error(tokener);
        end = body.len;
    }
    memory = errno != ENOMEM; /* it has no error of its own for that */
    free_tokener(tokener);
    while (error == json_tokener_success && end < body.len && json_read_is_blank(body.data[end]))
        end++;
    if (error == json_tokener_success && end == body.len)
        return RC_OK;
    json_read_free(*out);
    *out = NULL;
    if (!memory)
        return RC_NO_MEMORY;
    return error == json_tokener_continue ? cut_short(faults) : malformed(body, end, "", faults);
}

/* Whether the name is like those of the API's members. Any other is not repeated: it may be a
 * secret that stands where a name belongs. */
static bool is_shown(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((name.data[i] < 'a' || name.data[i] > 'z') && name.data[i] != '_' &&
            (name.data[i] < '0' || name.data[i] > '9'))
            return false;
    return name.len <= NAME_SHOWN_MAX;
}

static enum rc given_twice(struct text body, size_t at, struct text name, struct faults *faults)
{
    char why[sizeof ": the member \"\" is given twice" + NAME_SHOWN_MAX] =
        ": a member is given twice";

    if (is_shown(name))
        (void)snprintf(why, sizeof why, ": the member \"%.*s\" is given twice", TEXT_ARG(name));
    return malformed(body, at, why, faults);
}

/* Notes the name that the look has come behind, unless it is one of its object already. */
static enum rc note_name(struct json_tokener *tokener, const struct json_look *look,
                         struct json_object *seen, struct faults *faults)
{
    struct json_object *name;
    enum rc rc = RC_OK;

    json_tokener_reset(tokener);
    name = run(tokener, look->string);
    if (name == NULL)
        return RC_NO_MEMORY;
    if (json_object_object_get_ex(seen, json_object_get_string(name), NULL))
        rc =
            given_twice(look->t, (size_t)(look->string.data - look->t.data), text_in(name), faults);
    else if (json_object_object_add(seen, json_object_get_string(name), NULL) != 0)
        rc = RC_NO_MEMORY;
    json_object_put(name);
    return rc;
}

/* Which member of this text, otherwise good, is given twice: a walk with the names of all objects
 * that are open. Where none is, json-c had no memory for one and left it out. */
static enum rc find_twice(struct text body, struct faults *faults)
{
    struct json_object *seen[JSON_LOOK_DEPTH_MAX + 1] = {NULL};
    struct json_tokener *tokener = new_tokener(body.len);
    struct json_look look = {.t = body};
    enum rc rc = tokener != NULL ? RC_OK : RC_NO_MEMORY;

    while (rc == RC_OK && look.at < body.len) {
        char c = body.data[look.at];
        int depth = look.depth;

        (void)json_look_at_word(&look);
        if (look.depth < depth) {
            json_object_put(seen[depth]);
            seen[depth] = NULL;
        } else if (c == '{') {
            seen[look.depth] = json_object_new_object();
            rc = seen[look.depth] != NULL ? RC_OK : RC_NO_MEMORY;
        } else if (c == ':') {
            rc = note_name(tokener, &look, seen[depth], faults);
        }
    }
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        json_object_put(seen[i]);
    if (tokener != NULL)
        free_tokener(tokener);
    return rc == RC_OK ? RC_NO_MEMORY : rc;
}

static enum rc bad_word(const struct json_look *look, struct faults *faults)
{
    char why[40] = "";

    if (look->cut)
        return cut_short(faults);
    if (look->deep)
        (void)snprintf(why, sizeof why, ": more than %d levels", JSON_LOOK_DEPTH_MAX);
    return malformed(look->t, look->at, why, faults);
}

static enum rc too_large(struct faults *faults)
{
    faults_add(faults, "", "body must have at most %d values, names of members counted too",
               VALUES_MAX);
    return RC_TOO_LARGE;
}

/* json-c 0.16 follows NULL where there is no memory for the name of a member, so what it may take
 * is asked for before. Where others take it meanwhile, it still may. */
static bool has_room(size_t size)
{
    void *volatile room = malloc(size); /* volatile, or a compiler may take it for granted */

    free(room);
    return room != NULL;
}

/* One value of any type; *out is NULL for null. */
static enum rc read_value(struct text body, struct json_object **out, struct faults *faults)
{
    struct json_look look = {.t = body};
    struct json_object *root = NULL;
    size_t blanks = 0;
    enum rc rc;

    while (blanks < body.len && json_read_is_blank(body.data[blanks]))
        blanks++;
    if (blanks == body.len) {
        faults_add(faults, "", "body must not be empty");
        return RC_INVALID;
    }
    if (!text_is_utf8(body))
        return malformed(body, text_utf8_len(body), "", faults);
    if (!json_look_through(&look))
        return bad_word(&look, faults);
    if (look.values > VALUES_MAX || body.len >= INT_MAX) /* json-c counts bytes by int */
        return too_large(faults);
    /* The bytes of the text once in the reader's buffer, and once more in values and names. */
    if (!has_room(look.values * VALUE_BYTES + 2 * body.len))
        return RC_NO_MEMORY;
    rc = parse(body, &root, faults);
    if (rc != RC_OK)
        return rc;
    if (count_members(root) != look.members) {
        json_read_free(root);
        return find_twice(body, faults);
    }
    *out = root;
    return RC_OK;
}

enum rc json_read_object(struct text body, struct json_object **out, struct faults *faults)
{
    struct json_object *root = NULL;
    enum rc rc = read_value(body, &root, faults);

    if (rc != RC_OK)
        return rc;
    if (!json_object_is_type(root, json_type_object)) {
        faults_add(faults, "", "body contains incorrect JSON type");
        json_read_free(root);
        return RC_INVALID;
    }
    *out = root;
    return RC_OK;
}

/* Overwrites every string's bytes: json-c keeps them where it says they are. */
static void wipe_strings(struct json_object *value)
{
    if (json_object_is_type(value, json_type_object)) {
        struct json_object_iterator at = json_object_iter_begin(value);
        struct json_object_iterator end = json_object_iter_end(value);

        for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
            wipe_strings(json_object_iter_peek_value(&at));
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            wipe_strings(json_object_array_get_idx(value, i));
    } else if (json_object_is_type(value, json_type_string)) {
        union {
            const char *in;
            char *out;
        } bytes = {json_object_get_string(value)};

        crypto_wipe(bytes.out, (size_t)json_object_get_string_len(value));
    }
}

void json_read_free(struct json_object *object)
{
    wipe_strings(object);
    json_object_put(object);
}

static struct json_object *member(const struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    (void)json_object_object_get_ex(object, name, &value);
    return value;
}

static enum json_kind kind_of(const struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return JSON_KIND_ABSENT;
    case json_type_boolean:
        return JSON_KIND_BOOLEAN;
    case json_type_int:
        return JSON_KIND_INTEGER;
    case json_type_double:
        return JSON_KIND_NUMBER;
    case json_type_string:
        return JSON_KIND_STRING;
    case json_type_object:
        return JSON_KIND_OBJECT;
    case json_type_array:
        return JSON_KIND_ARRAY;
    }
    return JSON_KIND_ABSENT;
}

enum json_kind json_read_kind(const struct json_object *object, const char *name)
{
    return kind_of(member(object, name));
}

bool json_read_boolean(const struct json_object *object, const char *name)
{
    return json_object_get_boolean(member(object, name));
}

int64_t json_read_integer(const struct json_object *object, const char *name)
{
    return json_object_get_int64(member(object, name));
}

struct text json_read_text(const struct json_object *object, const char *name)
{
    return text_in(member(object, name));
}

const struct json_object *json_read_member(const struct json_object *object, const char *name)
{
    return member(object, name);
}

size_t json_read_count(const struct json_object *object, const char *name)
{
    return json_object_array_length(member(object, name));
}

static struct json_object *item(const struct json_object *object, const char *name, size_t i)
{
    return json_object_array_get_idx(member(object, name), i);
}

enum json_kind json_read_item_kind(const struct json_object *object, const char *name, size_t i)
{
    return kind_of(item(object, name, i));
}

struct text json_read_item_text(const struct json_object *object, const char *name, size_t i)
{
    return text_in(item(object, name, i));
}

const struct json_object *json_read_item(const struct json_object *object, const char *name,
                                         size_t i)
{
    return item(object, name, i);
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

bool json_read_has_only(const struct json_object *object, const char *const *names, size_t count)
{
    for (struct lh_entry *at = json_object_get_object(object)->head; at != NULL; at = at->next)
        if (!is_among(lh_entry_k(at), names, count))
            return false;
    return true;
}

size_t json_read_like(const struct json_object *object, struct text name, const char **out)
{
    size_t count = 0;

    for (struct lh_entry *at = json_object_get_object(object)->head; at != NULL; at = at->next) {
        const char *key = lh_entry_k(at);

        if (!text_equal_caseless(text_of(key), name))
            continue;
        *out = key;
        count++;
    }
    return count;
}
