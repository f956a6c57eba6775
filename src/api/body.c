/* body: length, media type, syntax, in this order. */
#include "api/body.h"

#include "api/envelope.h"
#include "api/json_read.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* RFC 9110, section 8.3: parameters do not matter here, nor does case. */
static bool is_type(const struct call *call, const char *media_type)
{
    struct text given = text_trim(text_up_to(call->request->content_type, ';'));

    return text_equal_caseless(given, text_of(media_type));
}

enum rc body_unbroken(struct call *call)
{
    if (call->request->body_state != REQUEST_BODY_CUT)
        return RC_OK;
    return envelope_error(call->response, RC_INVALID, "body is shorter than its Content-Length");
}

/* RC_OK when the body is there to its end; any other result has been answered. */
static enum rc whole(struct call *call)
{
    char message[80];

    switch (call->request->body_state) {
    case REQUEST_BODY_WHOLE:
        return RC_OK;
    case REQUEST_BODY_BAD_LENGTH:
        return envelope_error(call->response, RC_INVALID,
                              "Content-Length must be a number of bytes");
    case REQUEST_BODY_CUT:
        return body_unbroken(call);
    case REQUEST_BODY_TOO_LARGE:
        break;
    }
    (void)snprintf(message, sizeof message, "body must be at most %zu bytes",
                   call->request->body_max);
    return envelope_error(call->response, RC_TOO_LARGE, message);
}

enum rc body_json(struct call *call, struct json_object **out)
{
    enum rc rc = whole(call);

    if (rc != RC_OK)
        return rc;
    if (call->request->content_type.len > 0 && !is_type(call, "application/json"))
        return envelope_error(call->response, RC_MEDIA_TYPE,
                              "Content-Type must be application/json");
    rc = json_read_object(call->request->body, out, &call->faults);
    if (rc == RC_INVALID)
        return envelope_faults(call->response, &call->faults);
    if (rc == RC_TOO_LARGE)
        return envelope_error(call->response, rc, call->faults.list[0].message);
    return rc == RC_OK ? rc : envelope_error(call->response, rc, NULL);
}

enum rc body_json_or_empty(struct call *call, struct json_object **out)
{
    struct json_object *empty = NULL;

    if (call->request->body_state != REQUEST_BODY_WHOLE || call->request->body.len > 0)
        return body_json(call, out);
    if (json_read_object(text_of("{}"), &empty, &call->faults) != RC_OK)
        return envelope_error(call->response, RC_NO_MEMORY, NULL);
    *out = empty;
    return RC_OK;
}

enum rc body_json_or_raw(struct call *call, struct json_object **out)
{
    if (is_type(call, "application/octet-stream"))
        return whole(call);
    if (call->request->content_type.len > 0 && !is_type(call, "application/json"))
        return envelope_error(call->response, RC_MEDIA_TYPE,
                              "Content-Type must be application/json or application/octet-stream");
    return body_json(call, out);
}

void body_text(const struct json_object *object, const char *name, const char *path,
               struct text *out, struct faults *faults)
{
    enum json_kind kind = json_read_kind(object, name);

    if (kind == JSON_KIND_STRING)
        *out = json_read_text(object, name);
    else if (kind != JSON_KIND_ABSENT)
        body_wrong_type(faults, path);
}

void body_integer(const struct json_object *object, const char *name, int64_t *out,
                  struct faults *faults)
{
    enum json_kind kind = json_read_kind(object, name);

    if (kind == JSON_KIND_INTEGER)
        *out = json_read_integer(object, name);
    else if (kind != JSON_KIND_ABSENT)
        body_wrong_type(faults, name);
}

void body_boolean(const struct json_object *object, const char *name, bool *out,
                  struct faults *faults)
{
    enum json_kind kind = json_read_kind(object, name);

    if (kind == JSON_KIND_BOOLEAN)
        *out = json_read_boolean(object, name);
    else if (kind != JSON_KIND_ABSENT)
        body_wrong_type(faults, name);
}

void body_wrong_type(struct faults *faults, const char *path)
{
    faults_add(faults, path, "body contains incorrect JSON type for field \"%s\"", path);
}
