/* auth: who calls, and whether they may. */
#ifndef HOOKROLL_API_AUTH_H
#define HOOKROLL_API_AUTH_H

#include "api/call.h"
#include "api/endpoint_json.h"
#include "base/rc.h"
#include "domain/apikey.h"
#include "domain/edit.h"
#include "domain/endpoint.h"
#include "domain/history.h"

#include <stdbool.h>

/* auth_check: "Authorization: Bearer KEY" (RFC 6750) to key, key to project,
 * key to scope, in this order; sets call->key and call->project. Any other
 * result than RC_OK has been answered. */
RC_CHECK enum rc auth_check(struct call *call, enum scope scope);

/* auth_scrape: the same scheme with the token of metrics, which belongs to no project. */
RC_CHECK enum rc auth_scrape(struct call *call);

/* auth_has: whether the caller's key has a scope. */
bool auth_has(const struct call *call, enum scope scope);

/* auth_view: what of an endpoint the caller is shown: secrets by the key's scope. */
struct endpoint_json_view auth_view(const struct call *call);

/* auth_actor: the caller's key as who asks for a change. The request id is borrowed from the
 * request. */
struct actor auth_actor(const struct call *call);

/* auth_owns: whether the caller's key may act on things of this owner. */
bool auth_owns(const struct call *call, struct text owner_id);

/* auth_refuse_owner: answers for a thing of another owner. Returns RC_FORBIDDEN. */
enum rc auth_refuse_owner(struct call *call);

/* auth_endpoint: the endpoint that the path names, if the caller's key may act on it. Any
 * other result than RC_OK has been answered. */
RC_CHECK enum rc auth_endpoint(struct call *call, struct endpoint *out);

/* An edit that happens only when the caller's key may act on the endpoint, and when that is
 * still what If-Match says (RFC 9110, section 13.1.1). */
struct auth_edit {
    const struct call *call;
    edit_fn *edit;
    void *arg;
};

/* auth_edit: an edit_fn; `arg` is a struct auth_edit. RC_FORBIDDEN or RC_PRECONDITION, not yet
 * answered, or the inner edit's result. */
RC_CHECK enum rc auth_edit(struct edit *edit, void *arg);

#endif
