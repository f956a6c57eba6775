/* project_json: the JSON form of a project's settings. */
#ifndef HOOKROLL_API_PROJECT_JSON_H
#define HOOKROLL_API_PROJECT_JSON_H

#include "api/json_write.h"
#include "domain/faults.h"
#include "domain/project.h"

struct json_object;

void project_json_write(struct json_write *json, const struct project *project);

/* project_json_signature: "header" and "versions", how the project signs, into the
 * object that is open. */
void project_json_signature(struct json_write *json, const struct project *project);

/* project_json_read: members that are absent or null keep their value, others are ignored. Adds
 * a fault for a member of the wrong type and a name that there is not; ranges are
 * project_check's. Text is borrowed from `object`. */
void project_json_read(const struct json_object *object, struct project *project,
                       struct faults *faults);

#endif
