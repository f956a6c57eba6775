/* endpoint_list: filters and cursors in, a page and the cursors around it out. */
#include "api/endpoint_list.h"

#include "api/auth.h"
#include "api/endpoint_json.h"
#include "api/envelope.h"
#include "api/json_member.h"
#include "api/query.h"

enum {
    PER_PAGE = 20,
    PER_PAGE_MAX = 1000
};

struct page {
    struct store_page want;
    int64_t per_page;
    struct uid rows[PER_PAGE_MAX + 1]; /* in the order of the direction; one more than asked for */
    size_t count;                      /* of the rows to show */
    bool unreadable[PER_PAGE_MAX];     /* which of these cannot be */
    struct uid older;                  /* the first row of the page that follows, or UID_NONE */
    struct uid newer;                  /* the first row of the page before, or UID_NONE */
};

static void read_cursor(struct call *call, const char *name, struct text cursor, struct uid *out)
{
    if (cursor.len > 0 && !uid_parse(cursor, out))
        faults_add(&call->faults, name, "%s must be one that a list gave", name);
}

/* Fills what is wanted from the query; faults for what cannot be understood. */
static enum rc read_query(struct call *call, struct page *page)
{
    struct text query = call->request->query;
    struct text direction;
    struct text next;
    struct text prev;
    struct text name;
    struct text name_too; /* of the same meaning */
    const struct {
        const char *name;
        struct text *value;
    } texts[] = {{"direction", &direction},   {"next_page_cursor", &next},
                 {"prev_page_cursor", &prev}, {"q", &name},
                 {"query", &name_too},        {"ownerId", &page->want.owner_id}};

    page->per_page = PER_PAGE;
    /* What is wrong is in the faults, so that all of it is named. */
    (void)!query_integer(query, "perPage", 1, PER_PAGE_MAX, &page->per_page, &call->faults);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (query_text(query, texts[i].name, call->arena, texts[i].value, &call->faults) ==
            RC_NO_MEMORY)
            return RC_NO_MEMORY;
    page->want.towards_newer = text_is(direction, "prev");
    if (direction.len > 0 && !page->want.towards_newer && !text_is(direction, "next"))
        faults_add(&call->faults, "direction", "direction must be next or prev");
    if (page->want.towards_newer)
        read_cursor(call, "prev_page_cursor", prev, &page->want.from);
    else
        read_cursor(call, "next_page_cursor", next, &page->want.from);
    page->want.name = text_trim(name.len > 0 ? name : name_too);
    return call->faults.count > 0 ? RC_INVALID : RC_OK;
}

/* The first row from `from`, which is left out, on; UID_NONE when there is none. */
static enum rc neighbour(struct call *call, struct store_page want, const struct uid *from,
                         bool towards_newer, struct uid *out)
{
    struct uid rows[2];
    size_t count = 0;
    enum rc rc;

    want.from = *from;
    want.towards_newer = towards_newer;
    rc = store_endpoint_page(call->store, &call->project_id, &want, rows, 2, &count);
    *out = UID_NONE;
    if (rc != RC_OK || count == 0)
        return rc;
    if (!uid_equal(&rows[0], from))
        *out = rows[0];
    else if (count == 2)
        *out = rows[1];
    return rc;
}

/* The rows of the page, and the rows that the pages around it begin with. */
static enum rc fetch(struct call *call, struct page *page)
{
    struct uid beyond = UID_NONE;
    struct uid behind = UID_NONE;
    size_t asked = (size_t)page->per_page;
    enum rc rc = store_endpoint_page(call->store, &call->project_id, &page->want, page->rows,
                                     asked + 1, &page->count);

    if (rc != RC_OK)
        return rc;
    if (page->count > asked) {
        beyond = page->rows[asked];
        page->count = asked;
    }
    if (page->count > 0)
        rc = neighbour(call, page->want, &page->rows[0], !page->want.towards_newer, &behind);
    else if (!uid_is_none(&page->want.from))
        rc = neighbour(call, page->want, &page->want.from, !page->want.towards_newer, &behind);
    page->older = page->want.towards_newer ? behind : beyond;
    page->newer = page->want.towards_newer ? beyond : behind;
    return rc;
}

/* One row, unless it was deleted or given to another owner since the page was taken, or cannot be
 * read: so that it hides no other, that is told behind all rows. */
static enum rc write_row(struct call *call, const struct endpoint_list *list,
                         struct json_write *json, const struct uid *uid, bool *unreadable)
{
    struct endpoint endpoint;
    struct arena arena;
    enum rc rc;

    arena_init(&arena, call->arena->ceiling);
    rc = store_endpoint_get(call->store, &call->project_id, uid, &arena, &endpoint);
    if (rc == RC_OK && auth_owns(call, endpoint.members[ENDPOINT_OWNER_ID]))
        list->write(call, json, &endpoint);
    arena_free(&arena);
    *unreadable = rc == RC_CORRUPT || rc == RC_KEY;
    return *unreadable || rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Left out when all could be read. */
static void write_unreadable(struct json_write *json, const struct page *page)
{
    bool begun = false;

    for (size_t i = 0; i < page->count; i++) {
        if (!page->unreadable[i])
            continue;
        if (!begun) {
            json_write_key(json, "unreadable");
            json_write_begin_array(json);
            begun = true;
        }
        json_write_uid(json, &page->rows[i]);
    }
    if (begun)
        json_write_end_array(json);
}

static void write_cursor(struct json_write *json, const char *has, const char *name,
                         const struct uid *uid)
{
    char cursor[UID_SIZE] = "";

    if (!uid_is_none(uid))
        uid_format(uid, cursor);
    json_write_key(json, has);
    json_write_boolean(json, !uid_is_none(uid));
    json_write_key(json, name);
    json_write_string(json, cursor);
}

static enum rc write_page(struct call *call, const struct endpoint_list *list, struct page *page)
{
    struct json_write json = envelope_begin(call->response, 200, list->message);
    enum rc rc = RC_OK;

    json_write_begin_object(&json);
    json_write_key(&json, "content");
    json_write_begin_array(&json);
    for (size_t i = 0; i < page->count && rc == RC_OK; i++) {
        size_t row = page->want.towards_newer ? page->count - 1 - i : i;

        rc = write_row(call, list, &json, &page->rows[row], &page->unreadable[row]);
    }
    json_write_end_array(&json);
    json_write_key(&json, "pagination");
    json_write_begin_object(&json);
    json_write_key(&json, "per_page");
    json_write_integer(&json, page->per_page);
    write_cursor(&json, "has_next_page", "next_page_cursor", &page->older);
    write_cursor(&json, "has_prev_page", "prev_page_cursor", &page->newer);
    json_write_end_object(&json);
    write_unreadable(&json, page);
    json_write_end_object(&json);
    envelope_end(&json);
    return rc;
}

enum rc endpoint_list_answer(struct call *call, const struct endpoint_list *list)
{
    struct page page = {.want.overlap = list->overlap};
    enum rc rc = read_query(call, &page);

    if (rc == RC_INVALID)
        return envelope_faults(call->response, &call->faults);
    if (rc == RC_OK && call->key.owner_id.len > 0) {
        if (page.want.owner_id.len > 0 && !auth_owns(call, page.want.owner_id))
            return auth_refuse_owner(call);
        page.want.owner_id = call->key.owner_id;
    }
    if (rc == RC_OK)
        rc = fetch(call, &page);
    if (rc == RC_OK)
        rc = write_page(call, list, &page);
    if (rc == RC_OK && buf_status(&call->response->body) != RC_OK) {
        faults_add(&call->faults, "perPage",
                   "perPage must be smaller: so many of these endpoints are too large an answer");
        response_reset(call->response);
        return envelope_faults(call->response, &call->faults);
    }
    return rc == RC_OK ? rc : envelope_error(call->response, rc, NULL);
}

static void write_endpoint(const struct call *call, struct json_write *json,
                           const struct endpoint *endpoint)
{
    const struct endpoint_json_view view = auth_view(call);

    endpoint_json_write(json, endpoint, &view);
}

enum rc endpoint_list_get(struct call *call)
{
    return endpoint_list_answer(
        call, &(struct endpoint_list){"Endpoints fetched successfully", .write = write_endpoint});
}
