/* delivery: which secrets of an endpoint sign one delivery, and in which headers.
 * Pure: whether a secret can sign is decided by the moment that is handed in. */
#ifndef HOOKROLL_DOMAIN_DELIVERY_H
#define HOOKROLL_DOMAIN_DELIVERY_H

#include "base/buf.h"
#include "base/rc.h"
#include "domain/endpoint.h"
#include "domain/project.h"
#include "domain/sign.h"
#include "domain/uid.h"

#include <stddef.h>
#include <stdint.h>

struct delivery {
    struct buf convoy;   /* the value of the project's signature_header; empty: no such header */
    struct buf standard; /* the value of webhook-signature; empty: no such headers */
    size_t used_count;
    struct uid used[ENDPOINT_SECRETS_MAX]; /* the secrets that signed, in their order */
};

/* delivery_init: nothing signed yet; released with delivery_free. */
void delivery_init(struct delivery *delivery);
void delivery_free(struct delivery *delivery);

/* delivery_order: the secrets that can sign at `now` (ms), in the endpoint's order;
 * returns how many. Borrowed from the endpoint. */
size_t delivery_order(const struct endpoint *endpoint, int64_t now,
                      const struct secret *out[ENDPOINT_SECRETS_MAX]);

/* delivery_sign: signs with every secret that can at `now` (ms), in the formats and the
 * order of the endpoint; the bare Convoy form, of an endpoint without
 * advanced_signatures, has room for the current one only. RC_CONFLICT when the endpoint
 * is not active; RC_CORRUPT when no secret can sign; RC_NO_MEMORY. */
RC_CHECK enum rc delivery_sign(struct delivery *delivery, const struct project *project,
                               const struct endpoint *endpoint, const struct sign_message *message,
                               int64_t now);

#endif
