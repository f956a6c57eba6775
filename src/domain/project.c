/* project: factory settings and their bounds. */
#include "domain/project.h"

#include <inttypes.h>

void project_init(struct project *project, struct uid uid, struct text name, int64_t now)
{
    *project = (struct project){.uid = uid,
                                .name = name,
                                .created_at = now,
                                .updated_at = now,
                                .default_grace = PROJECT_DEFAULT_GRACE,
                                .max_grace = PROJECT_MAX_GRACE,
                                .max_signing_secrets = PROJECT_SIGNING_SECRETS};
}

enum rc project_check(const struct project *project, struct faults *faults)
{
    int64_t longest = project->max_grace;

    if (project->name.len == 0 || project->name.len > PROJECT_NAME_MAX ||
        !text_is_utf8(project->name) || text_has_control(project->name))
        faults_add(faults, "name", "name must be 1 to %d bytes of UTF-8 without control characters",
                   PROJECT_NAME_MAX);
    if (project->max_grace < 0 || project->max_grace > PROJECT_GRACE_CEILING) {
        faults_add(faults, "max_grace", "max_grace must be from 0 to %" PRId64 " (seconds)",
                   PROJECT_GRACE_CEILING);
        longest = PROJECT_GRACE_CEILING;
    }
    if (project->default_grace < 0 || project->default_grace > longest)
        faults_add(faults, "default_grace",
                   "default_grace must be from 0 to max_grace, %" PRId64 " (seconds)", longest);
    if (project->max_signing_secrets < 1 ||
        project->max_signing_secrets > PROJECT_SIGNING_SECRETS_MAX)
        faults_add(faults, "max_signing_secrets", "max_signing_secrets must be from 1 to %d",
                   PROJECT_SIGNING_SECRETS_MAX);
    return faults->count > 0 ? RC_INVALID : RC_OK;
}
