/* openapi: the description of the API (OpenAPI 3.1), as docs/openapi.json has it. */
#ifndef HOOKROLL_API_OPENAPI_H
#define HOOKROLL_API_OPENAPI_H

#include "api/call.h"
#include "base/rc.h"

#include <stddef.h>

/* openapi_get: GET /openapi.json. Needs no key. */
enum rc openapi_get(struct call *call);

/* Made from docs/openapi.json when hookroll is built. */
extern const char openapi_document[];
extern const size_t openapi_document_len;

#endif
