/* project_rolls: one endpoint after the other; whether one is to be rolled is decided within its
 * edit, so that requests that are repeated, or meet, roll each once. */
#include "api/project_rolls.h"

#include "api/auth.h"
#include "api/body.h"
#include "api/endpoint_answer.h"
#include "api/envelope.h"
#include "api/json_member.h"
#include "api/json_read.h"
#include "api/roll_json.h"
#include "api/roll_many.h"
#include "api/rolled_json.h"
#include "base/moment.h"

enum {
    LIMIT = 100,
    LIMIT_MAX = 1000,
    ESCAPED = 6,      /* bytes that one byte of a text may become in JSON */
    ENTRY_REST = 1024 /* bytes of an entry beside the endpoint's texts, and of what is around all */
};

/* What is asked for, and what came of it so far. */
struct work {
    struct call *call;
    struct roll_many many;
    int64_t limit;
    struct uid cursor;
    struct uid rows[LIMIT_MAX + 1]; /* oldest first; one more than asked for */
    size_t count;
    struct buf rolled_room;
    struct buf refused_room;
    struct json_write rolled;
    struct json_write refused;
    int64_t unchanged;
    struct uid next; /* the first that is still to be rolled, or UID_NONE */
};

static void read_page(struct work *work, const struct json_object *body)
{
    struct faults *faults = &work->call->faults;
    struct text cursor = {NULL, 0};

    work->limit = LIMIT;
    body_integer(body, "limit", &work->limit, faults);
    if (work->limit < 1 || work->limit > LIMIT_MAX)
        faults_add(faults, "limit", "limit must be an integer from 1 to %d", LIMIT_MAX);
    body_text(body, "cursor", "cursor", &cursor, faults);
    if (cursor.data != NULL && !uid_parse(cursor, &work->cursor))
        faults_add(faults, "cursor", "cursor must be one that a roll of the project gave");
}

/* Elsewhere unknown members are ignored. Here one might be meant to have less rolled than is. */
static const char *const members[] = {"expiration", "reason", "created_before", "owner_id",
                                      "limit",      "cursor", "secret"};

/* What is wrong with the body is in the call's faults, so that all of it is named. */
static enum rc read_body(struct work *work, const struct json_object *body)
{
    struct faults *faults = &work->call->faults;
    struct roll_request *request = &work->many.older.roll.request;
    struct text before = {NULL, 0};
    struct text owner = {NULL, 0};

    if (!json_read_has_only(body, members, sizeof members / sizeof members[0]))
        faults_add(faults, "",
                   "body must hold nothing but expiration, reason, created_before, owner_id, limit "
                   "and cursor");
    roll_json_read(body, request, faults);
    if (request->secret.len > 0)
        faults_add(faults, "secret", "secret cannot be given: each endpoint gets one of its own");
    request->secret = (struct text){NULL, 0};
    body_text(body, "created_before", "created_before", &before, faults);
    roll_older_read(&work->many.older, before, work->call->request->now, "created_before", faults);
    body_text(body, "owner_id", "owner_id", &owner, faults);
    roll_older_read_owner(&work->many.older, owner, "owner_id", faults);
    read_page(work, body);
    return roll_check(&work->call->project, request, faults) != RC_OK || faults->count > 0
               ? RC_INVALID
               : RC_OK;
}

/* What a key may not act on, it is not shown either. */
static enum rc fetch(struct work *work)
{
    struct call *call = work->call;
    struct text owner = work->many.older.owner_id;
    struct store_page want = {.from = work->cursor,
                              .towards_newer = true,
                              .owner_id = owner.len > 0 ? owner : call->key.owner_id};

    return store_endpoint_page(call->store, &call->project_id, &want, work->rows,
                               (size_t)work->limit + 1, &work->count);
}

/* Whether all that became of endpoints has been written. */
static enum rc told(const struct work *work)
{
    enum rc rc = buf_status(&work->rolled_room);

    return rc == RC_OK ? buf_status(&work->refused_room) : rc;
}

/* RC_OK when the next may follow, whatever became of this one. */
static enum rc roll_one(struct work *work, const struct uid *uid, struct arena *arena)
{
    struct auth_edit edit = {work->call, roll_older_apply, &work->many.older};
    enum roll_many_outcome outcome;
    struct endpoint endpoint;
    char why[ROLL_REFUSAL_SIZE];
    enum rc rc = roll_many_one(&work->many, uid, auth_edit, &edit, arena, &endpoint, &outcome, why);

    if (rc != RC_OK)
        return rc;
    work->unchanged += outcome == ROLL_MANY_UNCHANGED ? 1 : 0;
    if (outcome == ROLL_MANY_ROLLED)
        rolled_json_write(&work->rolled, &endpoint, &work->many.older.roll);
    if (outcome == ROLL_MANY_REFUSED)
        rolled_json_refused(&work->refused, uid, why);
    return told(work);
}

/* None is rolled of which the answer could not tell. */
static bool has_room(const struct work *work)
{
    size_t entry = ENTRY_REST + ESCAPED * (endpoint_members[ENDPOINT_NAME].max +
                                           endpoint_members[ENDPOINT_OWNER_ID].max);

    return work->rolled_room.len + work->refused_room.len + entry + ENTRY_REST <=
           work->call->response->body.ceiling;
}

static enum rc roll_all(struct work *work)
{
    size_t asked = work->count < (size_t)work->limit ? work->count : (size_t)work->limit;
    struct arena arena;
    enum rc rc = RC_OK;
    size_t i;

    arena_init(&arena, work->call->arena->ceiling);
    json_write_begin_array(&work->rolled);
    json_write_begin_array(&work->refused);
    for (i = 0; i < asked && has_room(work); i++) {
        rc = roll_one(work, &work->rows[i], &arena);
        arena_reset(&arena);
        if (rc != RC_OK)
            break;
    }
    json_write_end_array(&work->rolled);
    json_write_end_array(&work->refused);
    work->next = i < work->count ? work->rows[i] : UID_NONE;
    arena_free(&arena);
    return rc;
}

static enum rc answer(struct work *work, enum rc rc)
{
    const char *message = rc == RC_OK     ? "endpoint secrets expired successfully"
                          : rc == RC_FULL ? "the store is full, nothing more was changed"
                                          : envelope_message(rc);
    struct json_write json;

    /* A list that is cut short is none. */
    if (told(work) != RC_OK)
        return envelope_error(work->call->response, told(work), NULL);
    json = envelope_begin(work->call->response, envelope_status(rc), message);
    json_write_begin_object(&json);
    json_member_moment(&json, "created_before", work->many.older.created_before);
    json_write_key(&json, "rolled");
    json_write_json(&json, buf_text(&work->rolled_room));
    json_member_integer(&json, "unchanged", work->unchanged);
    json_write_key(&json, "refused");
    json_write_json(&json, buf_text(&work->refused_room));
    json_member_uid(&json, "next_cursor", &work->next);
    json_write_end_object(&json);
    envelope_end(&json);
    return rc;
}

enum rc project_rolls_roll(struct call *call)
{
    struct work work = {.call = call,
                        .many = {.store = call->store,
                                 .project = call->project_id,
                                 .by = auth_actor(call),
                                 .began = moment_elapsed()}};
    struct json_object *body = NULL;
    enum rc rc = body_json(call, &body);

    if (rc != RC_OK)
        return rc;
    buf_init(&work.rolled_room, call->response->body.ceiling);
    buf_init(&work.refused_room, call->response->body.ceiling);
    work.rolled = json_write_to(&work.rolled_room);
    work.refused = json_write_to(&work.refused_room);
    rc = read_body(&work, body);
    if (rc != RC_OK) {
        rc = envelope_faults(call->response, &call->faults);
        goto out;
    }
    if (work.many.older.owner_id.len > 0 && !auth_owns(call, work.many.older.owner_id)) {
        rc = auth_refuse_owner(call);
        goto out;
    }
    /* Otherwise each endpoint's own tag would be compared, and most would count as rolled already.
     */
    if (!endpoint_answer_match(call->request->if_match, "")) {
        rc = envelope_error(call->response, RC_PRECONDITION,
                            "If-Match can name one endpoint, not all of a project");
        goto out;
    }
    rc = fetch(&work);
    if (rc == RC_OK)
        rc = answer(&work, roll_all(&work));
    else
        rc = envelope_error(call->response, rc, NULL);
out:
    buf_free(&work.rolled_room);
    buf_free(&work.refused_room);
    json_read_free(body);
    return rc;
}
