/* projects: the handlers of a project's settings. */
#ifndef HOOKROLL_API_PROJECTS_H
#define HOOKROLL_API_PROJECTS_H

#include "api/call.h"
#include "base/rc.h"

enum rc projects_get(struct call *call);

/* projects_update: settings that are absent keep their value. */
enum rc projects_update(struct call *call);

#endif
