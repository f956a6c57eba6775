/* record_inside: what record's own sources share, and nobody else's. */
#ifndef HOOKROLL_STORE_RECORD_INSIDE_H
#define HOOKROLL_STORE_RECORD_INSIDE_H

#include "base/pack.h"
#include "store/record.h"

/* record_begin: reads the version; RC_CORRUPT on any other. */
RC_CHECK enum rc record_begin(struct unpack *in, struct text record, uint8_t version);

void record_pack_uid(struct buf *out, const struct uid *uid);
struct uid record_unpack_uid(struct unpack *in);

/* record_unpack_copy: a text of at most `max` bytes, copied out of the record. */
RC_CHECK enum rc record_unpack_copy(struct unpack *in, size_t max, struct arena *arena,
                                    struct text *out);

/* record_unpack_key: the ring's key of the id that stands here. RC_CORRUPT; RC_KEY when it has none
 * such. */
RC_CHECK enum rc record_unpack_key(struct unpack *in, const struct keyring *keyring,
                                   const struct keyring_key **key);

#endif
