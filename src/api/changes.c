/* changes: a cursor is the sequence of the first entry that is still to come. */
#include "api/changes.h"

#include "api/history_json.h"
#include "api/auth.h"
#include "api/envelope.h"
#include "api/query.h"

enum {
    PER_PAGE = 100,
    PER_PAGE_MAX = 1000
};

/* A page of the feed while it is written. */
struct page {
    struct json_write *json;
    int64_t left;
    uint64_t next;
    bool more; /* an entry found no room */
};

static bool write_entry(const struct history *history, void *arg)
{
    struct page *page = arg;

    page->more = page->left == 0;
    if (page->more)
        return false;
    page->left--;
    page->next = history->sequence + 1;
    history_json_write(page->json, history);
    return true;
}

static enum rc write_page(struct call *call, int64_t per_page, uint64_t from)
{
    struct json_write json = envelope_begin(call->response, 200, "Changes fetched successfully");
    struct page page = {&json, per_page, from, false};
    uint64_t newest;
    enum rc rc;

    json_write_begin_object(&json);
    json_write_key(&json, "content");
    json_write_begin_array(&json);
    rc = store_changes(call->store, &call->project_id, from, write_entry, &page, &newest);
    if (rc == RC_GONE) {
        faults_add(&call->faults, "next_page_cursor",
                   "next_page_cursor must be one that this feed gave");
        return envelope_faults(call->response, &call->faults);
    }
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    json_write_end_array(&json);
    history_json_pagination(&json, per_page, from == 0 ? newest + 1 : page.next, page.more);
    json_write_end_object(&json);
    envelope_end(&json);
    return RC_OK;
}

enum rc changes_get(struct call *call)
{
    struct text query = call->request->query;
    int64_t per_page = PER_PAGE;
    int64_t from = 0;
    enum rc rc = query_integer(query, "perPage", 1, PER_PAGE_MAX, &per_page, &call->faults);

    if (query_integer(query, "next_page_cursor", 1, INT64_MAX, &from, &call->faults) != RC_OK ||
        rc != RC_OK)
        return envelope_faults(call->response, &call->faults);
    /* It tells of everyone's endpoints. */
    if (call->key.owner_id.len > 0)
        return auth_refuse_owner(call);
    return write_page(call, per_page, (uint64_t)from);
}
