/* project_roll: one endpoint after the other, each told of as soon as it is rolled. */
#include "api/json_member.h"
#include "api/roll_many.h"
#include "api/rolled_json.h"
#include "base/moment.h"
#include "ctl.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

enum {
    PAGE = 1000,
    REFUSED_MAX = 1024 * 1024 * 1024
};

/* What is to be rolled, and what came of it so far. */
struct work {
    struct ctl *ctl;
    struct roll_many many;
    struct arena arena;    /* of one endpoint */
    struct json_write out; /* the document; `rolled` is open in it */
    struct buf refused_room;
    struct json_write refused;
    int64_t counts[ROLL_MANY_REFUSED + 1]; /* by what became of endpoints */
    const char *stop;                      /* why it goes no further, where no result says it */
};

/* Somebody wants this to end. */
static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* From now on it ends between two endpoints, when all is told of those that were rolled, and of how
 * to go on. */
static void await_interrupts(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction note = {.sa_handler = note_interrupt, .sa_flags = SA_RESTART};
    struct sigaction before;

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        /* nohup(1) and shells ignore what is not to end it. */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &note, NULL);
}

static enum rc read_options(struct work *work)
{
    struct ctl *ctl = work->ctl;
    struct roll_request *request = &work->many.older.roll.request;
    struct project project;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &work->many.project);

    request->has_grace = ctl->values[CTL_EXPIRATION] != NULL;
    request->reason = text_of(ctl->values[CTL_REASON]);
    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_EXPIRATION, &request->grace);
    if (rc != RC_OK)
        return rc;
    roll_older_read(&work->many.older, text_of(ctl->values[CTL_CREATED_BEFORE]), ctl->now,
                    ctl_name(CTL_CREATED_BEFORE), &ctl->faults);
    roll_older_read_owner(&work->many.older, text_of(ctl->values[CTL_OWNER_ID]),
                          ctl_name(CTL_OWNER_ID), &ctl->faults);
    rc = store_project_get(ctl->store, &work->many.project, &ctl->arena, &project);
    ctl_explain_missing(ctl, rc, "project");
    if (rc == RC_OK)
        rc = roll_check(&project, request, &ctl->faults);
    return rc == RC_OK && ctl->faults.count > 0 ? RC_INVALID : rc;
}

static void begin(struct work *work)
{
    struct ctl *ctl = work->ctl;
    char before[MOMENT_SIZE];

    moment_format(work->many.older.created_before, before);
    if (ctl->json) {
        json_write_begin_object(&work->out);
        json_member_string(&work->out, "created_before", before);
        json_write_key(&work->out, "rolled");
        json_write_begin_array(&work->out);
        json_write_begin_array(&work->refused);
        return;
    }
    buf_printf(&ctl->out, "created before %s\n", before);
    ctl_cell(ctl, 7, text_of("RESULT"));
    ctl_cell(ctl, UID_SIZE - 1, text_of("ENDPOINT"));
    ctl_cell(ctl, UID_SIZE - 1, text_of("NEW SECRET"));
    ctl_cell(ctl, MOMENT_SIZE - 1, text_of("OLD ENDS"));
    ctl_cell(ctl, 38, text_of("VALUE"));
    ctl_cell(ctl, 0, text_of("NAME"));
    ctl_row(ctl);
}

static void tell_rolled(struct work *work, const struct endpoint *endpoint)
{
    const struct secret *fresh = &endpoint->secrets[endpoint->secret_count - 1];
    struct ctl *ctl = work->ctl;

    if (ctl->json) {
        rolled_json_write(&work->out, endpoint, &work->many.older.roll);
        return;
    }
    ctl_cell(ctl, 7, text_of("rolled"));
    ctl_cell_uid(ctl, &endpoint->uid);
    ctl_cell_uid(ctl, &fresh->uid);
    ctl_cell_moment(ctl, work->many.older.roll.ended_at);
    ctl_cell(ctl, 38, fresh->value);
    ctl_cell(ctl, 0, endpoint->members[ENDPOINT_NAME]);
    ctl_row(ctl);
}

static void tell_refused(struct work *work, const struct uid *uid, const char *why)
{
    struct ctl *ctl = work->ctl;

    if (ctl->json) {
        rolled_json_refused(&work->refused, uid, why);
        return;
    }
    ctl_cell(ctl, 7, text_of("refused"));
    ctl_cell_uid(ctl, uid);
    ctl_cell(ctl, 0, text_of(why));
    ctl_row(ctl);
}

/* RC_OK when the next may follow, whatever became of this one. */
static enum rc roll_one(struct work *work, const struct uid *uid)
{
    enum roll_many_outcome outcome;
    struct endpoint endpoint;
    char why[ROLL_REFUSAL_SIZE];
    enum rc rc = roll_many_one(&work->many, uid, roll_older_apply, &work->many.older, &work->arena,
                               &endpoint, &outcome, why);

    if (rc != RC_OK)
        return rc;
    work->counts[outcome]++;
    if (outcome == ROLL_MANY_ROLLED)
        tell_rolled(work, &endpoint);
    if (outcome == ROLL_MANY_REFUSED)
        tell_refused(work, uid, why);
    return buf_status(&work->refused_room);
}

/* RC_SYSTEM with work->stop when nobody listens any more. */
static enum rc say(struct work *work)
{
    if (ctl_flush(work->ctl))
        return RC_OK;
    work->stop = "standard output cannot be written";
    return RC_SYSTEM;
}

static enum rc step(struct work *work, const struct uid *uid)
{
    enum rc rc;

    if (interrupted) {
        work->stop = "interrupted";
        return RC_SYSTEM;
    }
    rc = roll_one(work, uid);
    arena_reset(&work->arena);
    return rc == RC_OK ? say(work) : rc;
}

/* Rolls them until the end, or a failure. Nothing is rolled before the moment has been said. */
static enum rc roll_all(struct work *work)
{
    struct store_page want = {.towards_newer = true, .owner_id = work->many.older.owner_id};
    struct uid rows[PAGE + 1];
    size_t count = PAGE + 1;
    enum rc rc = say(work);

    while (rc == RC_OK && count > PAGE) {
        rc = store_endpoint_page(work->ctl->store, &work->many.project, &want, rows, PAGE + 1,
                                 &count);
        for (size_t i = 0; rc == RC_OK && i < count && i < PAGE; i++)
            rc = step(work, &rows[i]);
        if (count > PAGE)
            want.from = rows[PAGE];
    }
    return rc;
}

static void end(struct work *work)
{
    struct ctl *ctl = work->ctl;

    if (!ctl->json) {
        buf_printf(&ctl->out, "rolled %" PRId64 ", unchanged %" PRId64 ", refused %" PRId64 "\n",
                   work->counts[ROLL_MANY_ROLLED], work->counts[ROLL_MANY_UNCHANGED],
                   work->counts[ROLL_MANY_REFUSED]);
        return;
    }
    json_write_end_array(&work->out);
    json_write_end_array(&work->refused);
    json_member_integer(&work->out, "unchanged", work->counts[ROLL_MANY_UNCHANGED]);
    json_write_key(&work->out, "refused");
    json_write_json(&work->out, buf_text(&work->refused_room));
    json_write_end_object(&work->out);
    buf_put_byte(&ctl->out, '\n');
}

/* It is in part done, so the way on belongs to why it is not whole. */
static void explain(struct work *work, enum rc rc)
{
    struct ctl *ctl = work->ctl;
    char before[MOMENT_SIZE];

    moment_format(work->many.older.created_before, before);
    (void)snprintf(ctl->why, sizeof ctl->why,
                   "%s: stopped after %" PRId64 " rolls, go on with %s%s %s",
                   work->stop != NULL ? work->stop
                   : rc == RC_FULL    ? "the disk is full"
                                      : rc_name(rc),
                   work->counts[ROLL_MANY_ROLLED],
                   work->many.older.owner_id.len > 0 ? "the same --owner-id and " : "",
                   ctl_name(CTL_CREATED_BEFORE), before);
}

static enum rc roll(struct work *work)
{
    struct ctl *ctl = work->ctl;
    enum rc rc;

    await_interrupts();
    begin(work);
    rc = roll_all(work);
    end(work);
    if (rc != RC_OK)
        explain(work, rc);
    if (rc == RC_OK && work->counts[ROLL_MANY_REFUSED] > 0) {
        rc = RC_CONFLICT;
        (void)snprintf(ctl->why, sizeof ctl->why, "%" PRId64 " could not be rolled",
                       work->counts[ROLL_MANY_REFUSED]);
    }
    /* What cannot be written stays in ctl->out, and is reported when nothing else is wrong. */
    (void)ctl_flush(ctl);
    return rc;
}

enum rc ctl_project_roll(struct ctl *ctl)
{
    struct work work = {
        .ctl = ctl,
        .many = {.store = ctl->store, .by = ctl_actor(ctl), .began = moment_elapsed()},
        .out = json_write_to(&ctl->out)};
    enum rc rc = read_options(&work);

    if (rc != RC_OK)
        return rc;
    arena_init(&work.arena, ctl->arena.ceiling);
    buf_init(&work.refused_room, REFUSED_MAX);
    work.refused = json_write_to(&work.refused_room);
    rc = roll(&work);
    buf_free(&work.refused_room);
    arena_free(&work.arena);
    return rc;
}
