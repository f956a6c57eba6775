/* histories: a cursor is the sequence of the first entry that is still to come. */
#include "api/histories.h"

#include "api/auth.h"
#include "api/envelope.h"
#include "api/history_json.h"
#include "api/json_member.h"
#include "api/query.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    ENDPOINT_PER_PAGE = 20,
    PROJECT_PER_PAGE = 100,
    PER_PAGE_MAX = 1000
};

/* What is asked for, and the page while it is written. */
struct page {
    int64_t per_page;
    int64_t from; /* the cursor that was given, 0: none */
    struct json_write json;
    int64_t left;
    uint64_t next; /* the first entry that found no room, 0: none */
};

/* Other results than RC_OK have been answered. */
static enum rc read_query(struct call *call, int64_t per_page, struct page *page)
{
    struct text query = call->request->query;

    *page = (struct page){.per_page = per_page};
    /* What is wrong is in the faults, so that all of it is named. */
    (void)!query_integer(query, "perPage", 1, PER_PAGE_MAX, &page->per_page, &call->faults);
    (void)!query_integer(query, "next_page_cursor", 1, INT64_MAX, &page->from, &call->faults);
    return call->faults.count > 0 ? envelope_faults(call->response, &call->faults) : RC_OK;
}

static void begin(struct call *call, struct page *page, const char *message)
{
    page->json = envelope_begin(call->response, 200, message);
    page->left = page->per_page;
    json_write_begin_object(&page->json);
    json_write_key(&page->json, "content");
    json_write_begin_array(&page->json);
}

static bool write_entry(const struct history *history, void *arg)
{
    struct page *page = arg;

    if (page->left == 0) {
        page->next = history->sequence;
        return false;
    }
    page->left--;
    history_json_write(&page->json, history);
    return true;
}

static void write_pagination(struct page *page, uint64_t next)
{
    char cursor[24] = "";

    if (next != 0)
        (void)snprintf(cursor, sizeof cursor, "%" PRIu64, next);
    json_write_key(&page->json, "pagination");
    json_write_begin_object(&page->json);
    json_member_integer(&page->json, "per_page", page->per_page);
    json_member_boolean(&page->json, "has_next_page", page->next != 0);
    json_member_string(&page->json, "next_page_cursor", cursor);
    json_write_end_object(&page->json);
}

/* Answers with the page, which `next` is the cursor to go on from (0: none), unless `rc` says that
 * there is none; `giver` gives cursors. */
static enum rc end(struct call *call, struct page *page, enum rc rc, uint64_t next,
                   const char *giver)
{
    if (rc == RC_GONE) {
        faults_add(&call->faults, "next_page_cursor", "next_page_cursor must be one that %s gave",
                   giver);
        return envelope_faults(call->response, &call->faults);
    }
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    json_write_end_array(&page->json);
    write_pagination(page, next);
    json_write_end_object(&page->json);
    envelope_end(&page->json);
    return RC_OK;
}

enum rc histories_endpoint(struct call *call)
{
    struct page page;
    struct text owner;
    enum rc rc = read_query(call, ENDPOINT_PER_PAGE, &page);

    if (rc != RC_OK)
        return rc;
    rc = store_endpoint_owner(call->store, &call->project_id, &call->endpoint_id, call->arena,
                              &owner);
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    if (!auth_owns(call, owner))
        return auth_refuse_owner(call);
    begin(call, &page, "Endpoint history fetched successfully");
    rc = store_history(call->store, &call->project_id, &call->endpoint_id, (uint64_t)page.from,
                       write_entry, &page);
    return end(call, &page, rc, page.next, "this endpoint's history");
}

enum rc histories_project(struct call *call)
{
    struct page page;
    uint64_t newest = 0;
    enum rc rc = read_query(call, PROJECT_PER_PAGE, &page);

    if (rc != RC_OK)
        return rc;
    /* It tells of everyone's endpoints. */
    if (call->key.owner_id.len > 0)
        return auth_refuse_owner(call);
    begin(call, &page, "Changes fetched successfully");
    rc = store_changes(call->store, &call->project_id, (uint64_t)page.from, write_entry, &page,
                       &newest);
    return end(call, &page, rc, page.next != 0 ? page.next : newest + 1, "this feed");
}
