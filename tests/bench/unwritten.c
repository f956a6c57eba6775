/* unwritten: instead of store_endpoint_edit in a responder that is hookroll's otherwise (linked
 * with --wrap): the endpoint is read and changed, the answer tells of it, and nothing is
 * written. */
#include "store/store.h"

__typeof__(store_endpoint_edit) __wrap_store_endpoint_edit;

enum rc __wrap_store_endpoint_edit(struct store *store, const struct uid *project,
                                   const struct uid *uid, edit_fn *edit, void *arg,
                                   struct arena *arena, struct endpoint *out)
{
    struct project settings;
    struct history event = {0};
    struct edit change = {&settings, out, &event, arena};
    enum rc rc = store_project_get(store, project, arena, &settings);

    if (rc == RC_OK)
        rc = store_endpoint_get(store, project, uid, arena, out);
    return rc == RC_OK ? edit(&change, arg) : rc;
}
