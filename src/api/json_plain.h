/* json_plain: what of a text stands in a JSON string as it is. Pure and thread-safe. */
#ifndef HOOKROLL_API_JSON_PLAIN_H
#define HOOKROLL_API_JSON_PLAIN_H

#include "base/text.h"

#include <stddef.h>

/* json_plain_len: how many bytes come before the first control character, quotation mark or
 * reverse solidus (RFC 8259, section 7). */
size_t json_plain_len(struct text t);

#endif
