/* projects: init, project create, update and list. */
#include "api/json_write.h"
#include "api/project_json.h"
#include "base/crypto.h"
#include "ctl.h"
#include "domain/update.h"

#include <stdio.h>

enum rc ctl_init(struct ctl *ctl)
{
    struct store_options options = {ctl->config.store, ctl->config.master_key, 0};
    enum rc rc = store_create(&options, ctl->now);

    if (rc == RC_EXISTS)
        (void)snprintf(ctl->why, sizeof ctl->why, "there is a store in %.180s already",
                       ctl->config.store);
    if (rc != RC_OK)
        return rc;
    if (ctl->json) {
        struct json_write json = json_write_to(&ctl->out);

        json_write_begin_object(&json);
        json_write_key(&json, "store");
        json_write_string(&json, ctl->config.store);
        json_write_key(&json, "master_key");
        json_write_string(&json, ctl->config.master_key);
        json_write_end_object(&json);
        buf_put_byte(&ctl->out, '\n');
        return RC_OK;
    }
    buf_printf(&ctl->out,
               "store       %s\nmaster key  %s\nKeep a copy of the master key apart from the "
               "store: without it nothing in the store can be read.\n",
               ctl->config.store, ctl->config.master_key);
    return RC_OK;
}

static void head(struct ctl *ctl)
{
    if (ctl->json)
        return;
    ctl_cell(ctl, UID_SIZE - 1, text_of("PROJECT"));
    ctl_cell(ctl, 13, text_of("DEFAULT GRACE"));
    ctl_cell(ctl, 10, text_of("MAX GRACE"));
    ctl_cell(ctl, 11, text_of("MAX SECRETS"));
    ctl_cell(ctl, 0, text_of("NAME"));
    ctl_row(ctl);
}

static void row(struct ctl *ctl, const struct project *project)
{
    ctl_cell_uid(ctl, &project->uid);
    ctl_cell_integer(ctl, 13, project->default_grace);
    ctl_cell_integer(ctl, 10, project->max_grace);
    ctl_cell_integer(ctl, 11, project->max_signing_secrets);
    ctl_cell(ctl, 0, project->name);
    ctl_row(ctl);
}

/* The settings that are given. */
static enum rc apply_settings(struct ctl *ctl, struct project *project)
{
    enum rc rc = ctl_signature_settings(ctl, project);

    if (ctl->values[CTL_NAME] != NULL)
        project->name = text_of(ctl->values[CTL_NAME]);
    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_DEFAULT_GRACE, &project->default_grace);
    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_MAX_GRACE, &project->max_grace);
    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_MAX_SIGNING_SECRETS, &project->max_signing_secrets);
    project->updated_at = ctl->now;
    return rc == RC_OK ? project_check(project, &ctl->faults) : rc;
}

static enum rc edit_settings(struct project_edit *edit, void *arg)
{
    return apply_settings(arg, edit->project);
}

static void print(struct ctl *ctl, const struct project *project)
{
    struct json_write json = json_write_to(&ctl->out);

    if (!ctl->json) {
        head(ctl);
        row(ctl, project);
        return;
    }
    project_json_write(&json, project);
    buf_put_byte(&ctl->out, '\n');
}

enum rc ctl_project_create(struct ctl *ctl)
{
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct project project;
    enum rc rc;

    crypto_random_id(entropy, sizeof entropy);
    project_init(&project, uid_make(ctl->now, entropy), text_of(ctl->values[CTL_NAME]), ctl->now);
    rc = apply_settings(ctl, &project);
    if (rc == RC_OK)
        rc = store_project_add(ctl->store, &project);
    if (rc == RC_EXISTS)
        (void)snprintf(ctl->why, sizeof ctl->why, "the uid that was drawn is taken: try again");
    if (rc == RC_OK)
        print(ctl, &project);
    return rc;
}

enum rc ctl_project_update(struct ctl *ctl)
{
    struct project_update update = {edit_settings, ctl, ctl_actor(ctl)};
    struct project project;
    struct uid uid;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &uid);

    if (rc == RC_OK)
        rc = store_project_edit(ctl->store, &uid, project_update_apply, &update, &ctl->arena,
                                &project);
    ctl_explain_missing(ctl, rc, "project");
    if (rc == RC_OK)
        print(ctl, &project);
    return rc;
}

struct listing {
    struct ctl *ctl;
    struct json_write json;
};

static bool list_one(const struct project *project, void *arg)
{
    struct listing *listing = arg;

    if (listing->ctl->json)
        project_json_write(&listing->json, project);
    else
        row(listing->ctl, project);
    return true;
}

enum rc ctl_project_list(struct ctl *ctl)
{
    struct listing listing = {ctl, json_write_to(&ctl->out)};
    enum rc rc;

    head(ctl);
    if (ctl->json)
        json_write_begin_array(&listing.json);
    rc = store_projects(ctl->store, list_one, &listing);
    if (ctl->json) {
        json_write_end_array(&listing.json);
        buf_put_byte(&ctl->out, '\n');
    }
    return rc;
}
