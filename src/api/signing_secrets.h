/* signing_secrets: the handler that gives secrets to senders that sign themselves. */
#ifndef HOOKROLL_API_SIGNING_SECRETS_H
#define HOOKROLL_API_SIGNING_SECRETS_H

#include "api/call.h"
#include "base/rc.h"

/* Answers the call; the result is for the log. */
enum rc signing_secrets_get(struct call *call);

#endif
