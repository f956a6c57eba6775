/* signature_settings: how the deliveries of one endpoint are signed. Pure. */
#ifndef HOOKROLL_DOMAIN_SIGNATURE_SETTINGS_H
#define HOOKROLL_DOMAIN_SIGNATURE_SETTINGS_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/signing_key.h"

#include <stdbool.h>
#include <stdint.h>

/* In which order secrets sign: some receivers look at the first signature only, some
 * at the last. Stored as these numbers, which therefore never change. */
enum signature_order {
    SIGNATURE_OLDEST_FIRST = 1,
    SIGNATURE_CURRENT_FIRST = 2
};

/* The headers that a delivery gets; bits. Stored, never changed. */
enum signature_format {
    SIGNATURE_NO_FORMAT = 0,
    SIGNATURE_CONVOY = 1,
    SIGNATURE_STANDARD = 2 /* Standard Webhooks */
};

struct signature_settings {
    enum signature_order order;
    uint8_t formats;                /* of enum signature_format, at least one */
    enum signing_key_type key_type; /* of the secrets to come; those that are there stay */
};

/* signature_settings_init: factory settings: oldest first, both formats, HMAC. */
void signature_settings_init(struct signature_settings *settings);

/* signature_settings_check: RC_INVALID with a fault on "signature.formats" when there is
 * none, or none that has a place for a key of this type. */
RC_CHECK enum rc signature_settings_check(const struct signature_settings *settings,
                                          struct faults *faults);

/* "oldest_first", "current_first"; "convoy", "standard". The _named functions are the
 * reverse; false when there is none of that name. */
const char *signature_order_name(enum signature_order order);
const char *signature_format_name(enum signature_format format);
RC_CHECK bool signature_order_named(struct text name, enum signature_order *out);
RC_CHECK bool signature_format_named(struct text name, enum signature_format *out);

#endif
