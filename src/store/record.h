/* record: the domain's structs as versioned bytes, and back.
 *
 * Every record begins with its version; a version that is not known is refused,
 * never guessed at. Uids that are whole in the record's key are not repeated in
 * the record: the caller hands them in. Decoding bounds every length and borrows
 * all text from `arena`. Results: RC_CORRUPT, RC_KEY (sealed with a key that is
 * not in the ring), RC_NO_MEMORY. Thread-safe. The format is in DESIGN.md. */
#ifndef HOOKROLL_STORE_RECORD_H
#define HOOKROLL_STORE_RECORD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/apikey.h"
#include "domain/endpoint.h"
#include "domain/history.h"
#include "domain/project.h"
#include "store/keyring.h"

enum {
    RECORD_MAX = 1024 * 1024, /* bytes of one record, above what members' bounds add up to */
    RECORD_USUAL = 1024       /* bytes that most records do not need more than */
};

/* The store's own record proves that the ring holds the key of this store. */
struct record_store {
    int64_t created_at;
    const struct keyring_key *key; /* that it is sealed with; borrowed from the ring */
};

void record_store_encode(struct buf *out, const struct keyring *keyring, int64_t created_at);
RC_CHECK enum rc record_store_decode(struct text record, const struct keyring *keyring,
                                     struct record_store *store);

void record_project_encode(struct buf *out, const struct project *project);
RC_CHECK enum rc record_project_decode(struct text record, const struct uid *uid,
                                       struct arena *arena, struct project *project);

void record_apikey_encode(struct buf *out, const struct apikey *key);
RC_CHECK enum rc record_apikey_decode(struct text record, const struct uid *uid,
                                      struct arena *arena, struct apikey *key);

void record_endpoint_encode(struct buf *out, const struct keyring *keyring,
                            const struct endpoint *endpoint);
/* record_endpoint_decode: without a keyring what is sealed is absent, and no key is needed. */
RC_CHECK enum rc record_endpoint_decode(struct text record, const struct keyring *keyring,
                                        const struct uid *project, struct arena *arena,
                                        struct endpoint *endpoint);

/* What is left of a deleted endpoint: whose it was, and where its history ends. */
struct record_tombstone {
    struct text owner_id;
    uint64_t history; /* sequence of its newest entry */
};

void record_tombstone_encode(struct buf *out, const struct record_tombstone *tombstone);
RC_CHECK enum rc record_tombstone_decode(struct text record, struct arena *arena,
                                         struct record_tombstone *tombstone);

/* record_endpoint_uid: whose record it is. RC_CORRUPT. */
RC_CHECK enum rc record_endpoint_uid(struct text record, struct uid *uid);

/* record_endpoint_key: the key that it is sealed with, borrowed from the ring. RC_CORRUPT, RC_KEY.
 */
RC_CHECK enum rc record_endpoint_key(struct text record, const struct keyring *keyring,
                                     const struct keyring_key **key);

/* record_endpoint_history: the sequence of its newest history entry. RC_CORRUPT. */
RC_CHECK enum rc record_endpoint_history(struct text record, uint64_t *sequence);

/* record_endpoint_peek: only the open members of an endpoint, borrowed from
 * `record`, without opening what is sealed. RC_CORRUPT. */
RC_CHECK enum rc record_endpoint_peek(struct text record, struct text members[ENDPOINT_MEMBERS]);

/* record_endpoint_secrets: an endpoint's secrets with absent values: what is sealed is not
 * opened. RC_CORRUPT. */
RC_CHECK enum rc record_endpoint_secrets(struct text record,
                                         struct secret secrets[ENDPOINT_SECRETS_MAX],
                                         size_t *count);

/* A key's last use. */
void record_use_encode(struct buf *out, int64_t used_at);
RC_CHECK enum rc record_use_decode(struct text record, int64_t *used_at);

void record_history_encode(struct buf *out, const struct history *history);
RC_CHECK enum rc record_history_decode(struct text record, const struct uid *project,
                                       uint64_t sequence, struct arena *arena,
                                       struct history *history);

#endif
