/* project: the settings that bound what its endpoints' rolls may do. */
#ifndef HOOKROLL_DOMAIN_PROJECT_H
#define HOOKROLL_DOMAIN_PROJECT_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/uid.h"

#include <stdint.h>

enum {
    PROJECT_NAME_MAX = 256,           /* bytes */
    PROJECT_SIGNING_SECRETS_MAX = 64, /* the largest max_signing_secrets */
    PROJECT_SIGNING_SECRETS = 10      /* factory settings from here on */
};
#define PROJECT_DEFAULT_GRACE INT64_C(86400)     /* s: a day */
#define PROJECT_MAX_GRACE     INT64_C(31536000)  /* s: a year */
#define PROJECT_GRACE_CEILING INT64_C(315360000) /* s: ten years, the largest max_grace */

struct project {
    struct uid uid;
    struct text name;
    int64_t created_at;          /* ms */
    int64_t updated_at;          /* ms */
    int64_t default_grace;       /* s; of a roll that states none */
    int64_t max_grace;           /* s; the longest that a roll may state */
    int64_t max_signing_secrets; /* of one endpoint that can sign at a time */
};

/* project_init: factory settings under a name, borrowed. */
void project_init(struct project *project, struct uid uid, struct text name, int64_t now);

/* project_check: RC_INVALID with a fault for every setting out of bounds. Pure. */
RC_CHECK enum rc project_check(const struct project *project, struct faults *faults);

#endif
