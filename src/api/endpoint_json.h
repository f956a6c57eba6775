/* endpoint_json: the JSON forms of an endpoint (models.EndpointResponse and the
 * body that makes one). */
#ifndef HOOKROLL_API_ENDPOINT_JSON_H
#define HOOKROLL_API_ENDPOINT_JSON_H

#include "api/json_write.h"
#include "domain/endpoint.h"
#include "domain/faults.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stdint.h>

struct json_object;

/* endpoint_json_read: sets the members that `object` has, and *secret; those that
 * are absent or null keep their value. An object (authentication, mtls_client_cert)
 * replaces the whole of the one before, but for sealed members that are sent as
 * "[REDACTED]", as they were shown: they keep theirs. Unknown members are ignored. Adds a fault
 * for every member of the wrong type. All text is borrowed from `object`. */
void endpoint_json_read(const struct json_object *object, struct endpoint *endpoint,
                        struct text *secret, struct faults *faults);

/* What of an endpoint may be shown. */
struct endpoint_json_view {
    int64_t now;         /* ms: which secrets can still sign */
    bool secrets;        /* the values of secrets and of guarded members */
    struct uid fresh;    /* this secret's value in any case; UID_NONE: none */
    const char *warning; /* NULL, or what the caller should know of this answer */
};

/* endpoint_json_secret: one of its secrets; `shown`: with its value. */
void endpoint_json_secret(struct json_write *json, const struct secret *secret, bool shown);

void endpoint_json_write(struct json_write *json, const struct endpoint *endpoint,
                         const struct endpoint_json_view *view);

#endif
