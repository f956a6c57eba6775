/* update: changes of an endpoint, or of its project, that senders have to learn of: they
 * get an entry in the history; what does not touch signing gets none. Pure. */
#ifndef HOOKROLL_DOMAIN_UPDATE_H
#define HOOKROLL_DOMAIN_UPDATE_H

#include "base/rc.h"
#include "domain/edit.h"
#include "domain/history.h"

struct update {
    edit_fn *edit; /* that does it */
    void *arg;
    struct actor by;
};

/* update_apply: an edit_fn; `update` is a struct update. The inner edit's result; with
 * RC_OK the event is filled when the status, advanced_signatures, or the order or the
 * formats of signatures are others than before. */
RC_CHECK enum rc update_apply(struct edit *edit, void *update);

struct project_update {
    project_edit_fn *edit; /* that does it */
    void *arg;
    struct actor by;
};

/* project_update_apply: a project_edit_fn; `update` is a struct project_update. The inner
 * edit's result; the event is filled when the header or the versions of the signature are
 * others than before. */
RC_CHECK enum rc project_update_apply(struct project_edit *edit, void *update);

#endif
