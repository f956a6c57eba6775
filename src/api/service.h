/* service: what requests are answered with. Immutable while they are, so thread-safe. */
#ifndef HOOKROLL_API_SERVICE_H
#define HOOKROLL_API_SERVICE_H

#include "api/scrape_token.h"
#include "store/store.h"

struct service {
    struct store *store;        /* borrowed */
    struct scrape_token scrape; /* who may read /metrics */
};

#endif
