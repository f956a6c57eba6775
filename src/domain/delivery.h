/* delivery: which secrets of an endpoint sign one delivery, and in which headers; and
 * which of them signed one that is shown.
 * Pure: whether a secret can sign is decided by the moment that is handed in. */
#ifndef HOOKROLL_DOMAIN_DELIVERY_H
#define HOOKROLL_DOMAIN_DELIVERY_H

#include "base/buf.h"
#include "base/rc.h"
#include "domain/edit.h"
#include "domain/endpoint.h"
#include "domain/project.h"
#include "domain/sign.h"
#include "domain/uid.h"
#include "domain/verify.h"

#include <stddef.h>
#include <stdint.h>

enum {
    DELIVERY_ROOM = 512 /* bytes: for some secrets */
};

struct delivery {
    struct buf convoy;   /* the value of the project's signature_header; empty: no such header */
    struct buf standard; /* the value of webhook-signature; empty: no such headers */
    size_t used_count;
    struct uid used[ENDPOINT_SECRETS_MAX]; /* the secrets that signed, in their order */
    char room[2][DELIVERY_ROOM];           /* where the headers are written, unless longer */
};

/* delivery_init: nothing signed yet; stays where it is until delivery_free. */
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

/* The headers and the body of a delivery as they came; absent headers are empty. */
struct delivery_received {
    struct text convoy; /* the value of the project's signature_header */
    struct verify_standard standard;
    struct text body;
    int64_t tolerance; /* s, 0 to VERIFY_TOLERANCE_MAX */
};

struct delivery_verdict {
    struct verify_outcome outcome;
    enum signature_format format; /* that decided; SIGNATURE_NO_FORMAT: there were no headers of
                                     one that is on */
    const struct secret *secret;  /* that signed, the newest of several; NULL: none. Borrowed
                                     from the endpoint */
};

/* delivery_verify: whether the endpoint's secrets that can sign at `now` (ms) signed
 * it, in a format that is on and in the form of advanced_signatures. When a header of
 * Standard Webhooks is there that form decides alone: a delivery must not pass with
 * half of its headers altered. RC_NO_MEMORY. */
RC_CHECK enum rc delivery_verify(const struct project *project, const struct endpoint *endpoint,
                                 const struct delivery_received *received, int64_t now,
                                 struct delivery_verdict *verdict);

/* That a secret verified a delivery at `now` (ms). */
struct delivery_use {
    struct uid secret;
    int64_t now;
};

/* delivery_note_use: an edit that notes a struct delivery_use with its secret. RC_EXISTS when a
 * use within SECRET_VERIFIED_STEP is noted, RC_GONE without the secret: the use is not noted
 * then, which is no fault. */
RC_CHECK enum rc delivery_note_use(struct edit *edit, void *arg);

/* delivery_warning: what who has just given the endpoint its current secret should know of the
 * deliveries to come; NULL: nothing. */
const char *delivery_warning(const struct endpoint *endpoint);

#endif
