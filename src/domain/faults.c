/* faults: a bounded list; it collects, the api floor words the answer. */
#include "domain/faults.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void faults_add(struct faults *faults, const char *member, const char *format, ...)
{
    struct fault *fault;
    va_list args;

    if (faults->count == FAULTS_MAX || faults_name(faults, member))
        return;
    fault = &faults->list[faults->count++];
    (void)snprintf(fault->member, sizeof fault->member, "%s", member);
    va_start(args, format);
    (void)vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
}

bool faults_name(const struct faults *faults, const char *member)
{
    for (size_t i = 0; i < faults->count; i++)
        if (strcmp(faults->list[i].member, member) == 0)
            return true;
    return false;
}
