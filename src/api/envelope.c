/* envelope: statuses and the shape of answers; the words for refusals are the
 * handlers', those for failures, and what all refuse alike, are here. */
#include "api/envelope.h"

#include "base/buf.h"

int envelope_status(enum rc rc)
{
    switch (rc) {
    case RC_OK:
        return 200;
    case RC_INVALID:
        return 400;
    case RC_UNAUTHENTICATED:
    case RC_DENIED:
        return 401;
    case RC_FORBIDDEN:
        return 403;
    case RC_NOT_FOUND:
    case RC_GONE:
        return 404;
    case RC_PRECONDITION:
        return 412;
    case RC_METHOD:
        return 405;
    case RC_CONFLICT:
        return 409;
    case RC_TOO_LARGE:
        return 413;
    case RC_MEDIA_TYPE:
        return 415;
    case RC_EXISTS:
    case RC_NO_MEMORY:
    case RC_UNAVAILABLE:
        return 503;
    case RC_FULL:
        return 507;
    case RC_KEY:
    case RC_CORRUPT:
    case RC_SYSTEM:
        return 500;
    }
    return 500;
}

const char *envelope_message(enum rc rc)
{
    switch (rc) {
    case RC_EXISTS:
        return "the id that was drawn is taken, try again";
    case RC_NO_MEMORY:
    case RC_UNAVAILABLE:
        return "the service is busy, try again";
    case RC_FULL:
        return "the store is full, nothing was changed";
    case RC_NOT_FOUND:
        return "Resource not found";
    case RC_PRECONDITION:
        return "the endpoint has changed since";
    case RC_OK:
    case RC_INVALID:
    case RC_UNAUTHENTICATED:
    case RC_DENIED:
    case RC_FORBIDDEN:
    case RC_GONE:
    case RC_METHOD:
    case RC_CONFLICT:
    case RC_TOO_LARGE:
    case RC_MEDIA_TYPE:
    case RC_KEY:
    case RC_CORRUPT:
    case RC_SYSTEM:
        break;
    }
    return "internal error";
}

/* Everything up to where data would follow. */
static struct json_write head(struct response *response, int status, struct text message)
{
    struct json_write json = json_write_to(&response->body);

    response->status = status;
    buf_reset(&response->body);
    json_write_begin_object(&json);
    json_write_key(&json, "status");
    json_write_boolean(&json, status < 400);
    json_write_key(&json, "message");
    json_write_text(&json, message);
    return json;
}

struct json_write envelope_begin(struct response *response, int status, const char *message)
{
    struct json_write json = head(response, status, text_of(message));

    json_write_key(&json, "data");
    return json;
}

void envelope_end(struct json_write *json)
{
    json_write_end_object(json);
}

enum rc envelope_error(struct response *response, enum rc rc, const char *message)
{
    struct json_write json = head(response, envelope_status(rc),
                                  text_of(message != NULL ? message : envelope_message(rc)));

    json_write_end_object(&json);
    return rc;
}

static void write_errors(struct json_write *json, const struct faults *faults)
{
    json_write_key(json, "data");
    json_write_begin_object(json);
    json_write_key(json, "errors");
    json_write_begin_array(json);
    for (size_t i = 0; i < faults->count; i++) {
        json_write_begin_object(json);
        json_write_key(json, "field");
        json_write_string(json, faults->list[i].member);
        json_write_key(json, "message");
        json_write_string(json, faults->list[i].message);
        json_write_end_object(json);
    }
    json_write_end_array(json);
    json_write_end_object(json);
}

enum rc envelope_faults(struct response *response, const struct faults *faults)
{
    struct buf message;
    struct json_write json;

    buf_init(&message, FAULTS_MAX * (FAULTS_MESSAGE_SIZE + 2));
    for (size_t i = 0; i < faults->count; i++) {
        buf_put_string(&message, i > 0 ? ", " : "");
        buf_put_string(&message, faults->list[i].message);
    }
    json = head(response, envelope_status(RC_INVALID), buf_text(&message));
    if (faults->count > 0 && faults->list[0].member[0] != '\0')
        write_errors(&json, faults);
    json_write_end_object(&json);
    buf_free(&message);
    return RC_INVALID;
}
