/* verifications: the handler that says whether a delivery was signed by an endpoint's
 * secrets. Thread-safe. */
#ifndef HOOKROLL_API_VERIFICATIONS_H
#define HOOKROLL_API_VERIFICATIONS_H

#include "api/call.h"
#include "base/rc.h"

/* verifications_verify: POST .../verify; notes with the secret when it last signed
 * something that was shown, within SECRET_VERIFIED_STEP. */
RC_CHECK enum rc verifications_verify(struct call *call);

#endif
