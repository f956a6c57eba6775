/* explain: why a command cannot, in the words of its options. */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

void ctl_explain_missing(struct ctl *ctl, enum rc rc, const char *what)
{
    if (rc == RC_NOT_FOUND)
        (void)snprintf(ctl->why, sizeof ctl->why, "%s not found", what);
}

void ctl_roll_faults(struct ctl *ctl, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->list[i];

        faults_add(&ctl->faults, fault->member, "%s%s",
                   strcmp(fault->member, "secret") != 0 ? "--" : "", fault->message);
    }
}
