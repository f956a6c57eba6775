/* sign_json: payload, id and timestamp, and their bounds. */
#include "api/sign_json.h"

#include "api/body.h"
#include "api/json_read.h"
#include "base/crypto.h"

#include <inttypes.h>

/* No timestamp: out of range. */
enum {
    NOT_A_TIMESTAMP = -1
};

static void check(const struct sign_message *message, const char *id, const char *timestamp,
                  struct faults *faults)
{
    if (!sign_id_is_good(message->id))
        faults_add(faults, id,
                   "%s must be 1 to %d printable ASCII characters without space and '.'", id,
                   SIGN_ID_MAX);
    if (message->timestamp < 0 || message->timestamp > SIGN_TIMESTAMP_MAX)
        faults_add(faults, timestamp, "%s must be an integer from 0 to %" PRId64 " (Unix seconds)",
                   timestamp, SIGN_TIMESTAMP_MAX);
}

static enum rc decode(struct text encoded, struct arena *arena, struct text *out,
                      struct faults *faults)
{
    size_t size = encoded.len / 4 * 3;
    char *room = arena_alloc(arena, size + 1);
    size_t len = 0;

    if (room == NULL)
        return RC_NO_MEMORY;
    if (crypto_base64_decode(CRYPTO_BASE64, encoded.data, encoded.len, room, size, &len))
        *out = (struct text){room, len};
    else
        faults_add(faults, "payload_base64", "payload_base64 must be padded base64");
    return RC_OK;
}

enum rc sign_json_read(const struct json_object *object, struct arena *arena,
                       struct sign_message *message, struct faults *faults)
{
    bool plain = json_read_kind(object, "payload") != JSON_KIND_ABSENT;
    bool encoded = json_read_kind(object, "payload_base64") != JSON_KIND_ABSENT;
    enum json_kind timestamp = json_read_kind(object, "timestamp");
    struct text base64 = {NULL, 0};

    body_text(object, "payload", "payload", &message->body, faults);
    body_text(object, "payload_base64", "payload_base64", &base64, faults);
    body_text(object, "message_id", "message_id", &message->id, faults);
    if (timestamp == JSON_KIND_NUMBER)
        message->timestamp = NOT_A_TIMESTAMP;
    else
        body_integer(object, "timestamp", &message->timestamp, faults);
    if (plain == encoded)
        faults_add(faults, "payload", "payload or payload_base64 must be given, one of the two");
    check(message, "message_id", "timestamp", faults);
    if (!encoded || faults->count > 0)
        return RC_OK;
    return decode(base64, arena, &message->body, faults);
}

void sign_json_read_raw(const struct request *request, struct sign_message *message,
                        struct faults *faults)
{
    message->body = request->body;
    if (request->webhook_id.len > 0)
        message->id = request->webhook_id;
    if (request->webhook_timestamp.len > 0 &&
        !text_to_int64(request->webhook_timestamp, &message->timestamp))
        message->timestamp = NOT_A_TIMESTAMP;
    check(message, "Webhook-Id", "Webhook-Timestamp", faults);
}
