/* sign_json: payload, id, timestamp and compact, and their bounds. */
#include "api/sign_json.h"

#include "api/body.h"
#include "api/json_compact.h"
#include "api/json_read.h"
#include "api/payload_json.h"

/* No timestamp: out of range. */
enum {
    NOT_A_TIMESTAMP = -1
};

static enum rc compact(struct sign_request *request, struct arena *arena, struct faults *faults)
{
    enum rc rc;

    if (!request->compact || faults->count > 0)
        return RC_OK;
    rc = json_compact(request->message.body, arena, &request->message.body);
    if (rc != RC_INVALID)
        return rc;
    faults_add(faults, "payload",
               "payload must be JSON to be compacted: one value, at most 32 levels");
    return RC_OK;
}

enum rc sign_json_read(const struct json_object *object, struct arena *arena,
                       struct sign_request *request, struct faults *faults)
{
    struct sign_message *message = &request->message;
    enum json_kind timestamp = json_read_kind(object, "timestamp");
    enum rc rc = payload_json_read(object, arena, &message->body, faults);

    body_text(object, "message_id", "message_id", &message->id, faults);
    if (timestamp == JSON_KIND_NUMBER)
        message->timestamp = NOT_A_TIMESTAMP;
    else
        body_integer(object, "timestamp", &message->timestamp, faults);
    body_boolean(object, "compact", &request->compact, faults);
    (void)!sign_check(message, "message_id", "timestamp", faults);
    return rc == RC_OK ? compact(request, arena, faults) : rc;
}

enum rc sign_json_read_raw(const struct request *from, struct arena *arena,
                           struct sign_request *request, struct faults *faults)
{
    struct sign_message *message = &request->message;
    struct text id = request_header(from, text_of("Webhook-Id"));
    struct text timestamp = request_header(from, text_of("Webhook-Timestamp"));
    struct text wish = request_header(from, text_of("Hookroll-Compact"));

    message->body = from->body;
    if (id.len > 0)
        message->id = id;
    if (timestamp.len > 0 && !text_to_int64(timestamp, &message->timestamp))
        message->timestamp = NOT_A_TIMESTAMP;
    if (text_is(wish, "true"))
        request->compact = true;
    else if (wish.len > 0 && !text_is(wish, "false"))
        faults_add(faults, "Hookroll-Compact", "Hookroll-Compact must be true or false");
    (void)!sign_check(message, "Webhook-Id", "Webhook-Timestamp", faults);
    return compact(request, arena, faults);
}
