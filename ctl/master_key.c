/* master_key: master-key add and reseal, by which a master key is replaced. */
#include "api/json_member.h"
#include "ctl.h"
#include "store/keyring.h"
#include "store/reseal.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    LABEL_WIDTH = 11
};

enum rc ctl_master_key_add(struct ctl *ctl)
{
    const char *path = ctl->config.master_key;
    enum rc rc = keyring_add(path);

    if (rc != RC_OK)
        return rc;
    if (ctl->json) {
        struct json_write json = json_write_to(&ctl->out);

        json_write_begin_object(&json);
        json_member_string(&json, "master_key", path);
        json_write_end_object(&json);
        buf_put_byte(&ctl->out, '\n');
        return RC_OK;
    }
    buf_printf(
        &ctl->out,
        "master key  %s\nIts first key is a new one. Keep a copy of it apart from the store, "
        "restart the responder, then run hookrollctl reseal.\n",
        path);
    return RC_OK;
}

struct listing {
    struct ctl *ctl;
    struct json_write json;
};

static void list_failure(enum rc rc, const struct uid *project, const struct uid *endpoint,
                         void *arg)
{
    const char *reason = rc == RC_KEY ? "sealed with a master key that is not in the key file"
                                      : "damaged or of another version";
    struct listing *listing = arg;
    struct ctl *ctl = listing->ctl;

    if (!ctl->json) {
        ctl_cell(ctl, LABEL_WIDTH, text_of("failed"));
        ctl_cell_uid(ctl, project);
        ctl_cell_uid(ctl, endpoint);
        ctl_cell(ctl, 0, text_of(reason));
        ctl_row(ctl);
        return;
    }
    json_write_begin_object(&listing->json);
    json_member_uid(&listing->json, "project_id", project);
    json_member_uid(&listing->json, "endpoint_id", endpoint);
    json_member_string(&listing->json, "reason", reason);
    json_write_end_object(&listing->json);
}

static void print_count(struct ctl *ctl, const char *label, uint64_t count)
{
    ctl_cell(ctl, LABEL_WIDTH, text_of(label));
    ctl_cell_integer(ctl, 0, (int64_t)count);
    ctl_row(ctl);
}

/* Whether other keys than the first are needed is known only when nothing is left. */
static void print_people(struct ctl *ctl, const struct reseal *reseal, bool is_complete)
{
    print_count(ctl, "sealed anew", reseal->anew);
    print_count(ctl, "already so", reseal->already);
    if (is_complete)
        buf_printf(&ctl->out,
                   "No key but the first in %s is needed any more, except for backups from "
                   "before.\n",
                   ctl->config.master_key);
}

static void print_json(struct listing *listing, const struct reseal *reseal, bool is_complete)
{
    struct json_write *json = &listing->json;

    json_write_end_array(json);
    json_member_integer(json, "sealed_anew", (int64_t)reseal->anew);
    json_member_integer(json, "already", (int64_t)reseal->already);
    json_member_boolean(json, "other_keys_needed", !is_complete);
    json_write_end_object(json);
    buf_put_byte(&listing->ctl->out, '\n');
}

enum rc ctl_reseal(struct ctl *ctl)
{
    struct listing listing = {ctl, json_write_to(&ctl->out)};
    const struct reseal_watch watch = {.failed = list_failure, .arg = &listing};
    struct reseal reseal;
    bool is_complete;
    bool is_by_first = false;
    enum rc rc;

    if (ctl->json) {
        json_write_begin_object(&listing.json);
        json_write_key(&listing.json, "failed");
        json_write_begin_array(&listing.json);
    }
    rc = reseal_run(ctl->store, &watch, &reseal);
    if (rc == RC_OK)
        rc = reseal_is_by_first(ctl->store, ctl->config.master_key, &is_by_first);
    is_complete = rc == RC_OK && is_by_first && reseal.failed == 0;
    if (ctl->json)
        print_json(&listing, &reseal, is_complete);
    else
        print_people(ctl, &reseal, is_complete);
    ctl->partial = true;
    if (rc != RC_OK || is_complete)
        return rc;
    if (!is_by_first) {
        (void)snprintf(ctl->why, sizeof ctl->why,
                       "a master key was put before the others meanwhile: run it again");
        return RC_CONFLICT;
    }
    (void)snprintf(ctl->why, sizeof ctl->why,
                   "%" PRIu64 " of the records cannot be opened and stay as they are",
                   reseal.failed);
    return RC_CORRUPT;
}
