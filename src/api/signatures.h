/* signatures: the handler that makes the signature headers of a delivery. */
#ifndef HOOKROLL_API_SIGNATURES_H
#define HOOKROLL_API_SIGNATURES_H

#include "api/call.h"
#include "base/rc.h"

/* Answers the call; the result is for the log. */
enum rc signatures_sign(struct call *call);

#endif
