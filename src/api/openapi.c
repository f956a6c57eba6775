/* openapi: hands out the document, which is not an envelope. */
#include "api/openapi.h"

enum rc openapi_get(struct call *call)
{
    call->response->status = 200;
    buf_put(&call->response->body, openapi_document, openapi_document_len);
    return RC_OK;
}
