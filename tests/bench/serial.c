/* serial: around store_endpoint_edit in a responder that is hookroll's otherwise (linked with
 * --wrap): one change at a time, so that no two of them can share a commit. */
#include "store/store.h"

#include <pthread.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

__typeof__(store_endpoint_edit) __real_store_endpoint_edit, __wrap_store_endpoint_edit;

enum rc __wrap_store_endpoint_edit(struct store *store, const struct uid *project,
                                   const struct uid *uid, edit_fn *edit, void *arg,
                                   struct arena *arena, struct endpoint *out)
{
    enum rc rc;

    (void)pthread_mutex_lock(&turn);
    rc = __real_store_endpoint_edit(store, project, uid, edit, arg, arena, out);
    (void)pthread_mutex_unlock(&turn);
    return rc;
}
