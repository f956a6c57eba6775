/* call: one request on its way through the api floor, and what its handler has
 * to work with. One thread at a time. */
#ifndef HOOKROLL_API_CALL_H
#define HOOKROLL_API_CALL_H

#include "api/request.h"
#include "api/response.h"
#include "api/scrape_token.h"
#include "base/arena.h"
#include "base/rc.h"
#include "domain/apikey.h"
#include "domain/faults.h"
#include "domain/project.h"
#include "domain/uid.h"
#include "store/store.h"

struct call {
    const struct request *request;
    struct response *response;
    struct store *store;
    const struct scrape_token *scrape;
    struct arena *arena; /* of this request; wiped after it */

    /* Uids of the path, UID_NONE where a segment is not one: then nothing is found. A
     * handler that makes such a thing leaves its uid here, for the outcome. */
    struct uid project_id;
    struct uid endpoint_id;
    struct uid secret_id;
    struct uid key_id;

    /* Set by auth_check, for routes that need a key; empty unless the key is good. */
    struct apikey key;
    struct project project;

    struct faults faults; /* last: it is large, and mostly empty */
};

#endif
