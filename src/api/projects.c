/* projects: a key shows and changes the settings of its own project. */
#include "api/projects.h"

#include "api/auth.h"
#include "api/body.h"
#include "api/envelope.h"
#include "api/json_read.h"
#include "api/project_json.h"
#include "domain/update.h"

static void answer(struct call *call, int status, const char *message,
                   const struct project *project)
{
    struct json_write json = envelope_begin(call->response, status, message);

    project_json_write(&json, project);
    envelope_end(&json);
}

enum rc projects_get(struct call *call)
{
    answer(call, 200, "Project fetched successfully", &call->project);
    return RC_OK;
}

struct settings {
    struct call *call;
    const struct json_object *body;
};

static enum rc apply_body(struct project_edit *edit, void *arg)
{
    struct settings *update = arg;
    struct faults *faults = &update->call->faults;

    faults->count = 0;
    project_json_read(update->body, edit->project, faults);
    edit->project->updated_at = update->call->request->now;
    return project_check(edit->project, faults);
}

enum rc projects_update(struct call *call)
{
    struct settings settings = {.call = call};
    struct project_update update = {apply_body, &settings, auth_actor(call)};
    struct json_object *body = NULL;
    struct project project;
    enum rc rc;

    /* Settings are everyone's, not one owner's. */
    if (call->key.owner_id.len > 0)
        return auth_refuse_owner(call);
    rc = body_json(call, &body);
    if (rc != RC_OK)
        return rc;
    settings.body = body;
    rc = store_project_edit(call->store, &call->project_id, project_update_apply, &update,
                            call->arena, &project);
    if (rc == RC_OK)
        answer(call, 202, "Project updated successfully", &project);
    else if (rc == RC_INVALID)
        rc = envelope_faults(call->response, &call->faults);
    else
        rc = envelope_error(call->response, rc, NULL);
    json_read_free(body);
    return rc;
}
