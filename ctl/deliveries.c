/* deliveries: sign and verify one delivery without the responder. */
#include "api/json_compact.h"
#include "api/json_member.h"
#include "api/verify_json.h"
#include "base/crypto.h"
#include "ctl.h"
#include "domain/delivery.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The endpoint that the options name, and its project. */
static enum rc find(struct ctl *ctl, struct project *project, struct endpoint *endpoint)
{
    struct uid project_uid;
    struct uid uid;
    enum rc rc = ctl_ids(ctl, &project_uid, &uid);

    if (rc == RC_OK)
        rc = store_project_get(ctl->store, &project_uid, &ctl->arena, project);
    if (rc == RC_OK)
        rc = store_endpoint_get(ctl->store, &project_uid, &uid, &ctl->arena, endpoint);
    ctl_explain_missing(ctl, rc, "endpoint");
    return rc;
}

static enum rc read_message(struct ctl *ctl, char id[SIGN_ID_NEW_SIZE],
                            struct sign_message *message)
{
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct uid uid;
    enum rc rc;

    crypto_random_id(entropy, sizeof entropy);
    uid = uid_make(ctl->now, entropy);
    sign_id_new(&uid, id);
    *message = (struct sign_message){
        .id = text_of(id), .timestamp = ctl->now / 1000, .body = ctl->files[CTL_PAYLOAD]};
    if (ctl->values[CTL_MESSAGE_ID] != NULL)
        message->id = text_of(ctl->values[CTL_MESSAGE_ID]);
    rc = ctl_integer(ctl, CTL_TIMESTAMP, &message->timestamp);
    if (rc == RC_OK)
        rc = sign_check(message, ctl_name(CTL_MESSAGE_ID), ctl_name(CTL_TIMESTAMP), &ctl->faults);
    if (rc != RC_OK || !ctl->compact)
        return rc;
    rc = json_compact(message->body, &ctl->arena, &message->body);
    if (rc == RC_INVALID)
        (void)snprintf(ctl->why, sizeof ctl->why, "--payload must be JSON to be compacted");
    return rc;
}

struct header {
    const char *name;
    struct text value;
};

static void print_headers(struct ctl *ctl, const struct header *headers, size_t count,
                          const struct sign_message *message)
{
    struct json_write json = json_write_to(&ctl->out);

    if (!ctl->json) {
        for (size_t i = 0; i < count; i++)
            buf_printf(&ctl->out, "%s: %.*s\n", headers[i].name, TEXT_ARG(headers[i].value));
        if (ctl->compact)
            buf_printf(&ctl->out, "\n%.*s", TEXT_ARG(message->body));
        return;
    }
    json_write_begin_object(&json);
    json_write_key(&json, "headers");
    json_write_begin_object(&json);
    for (size_t i = 0; i < count; i++)
        json_member_text(&json, headers[i].name, headers[i].value);
    json_write_end_object(&json);
    if (ctl->compact)
        json_member_text(&json, "payload", message->body);
    json_write_end_object(&json);
    buf_put_byte(&ctl->out, '\n');
}

static void print_signed(struct ctl *ctl, const struct project *project,
                         const struct delivery *delivery, const struct sign_message *message)
{
    char seconds[24];
    struct header headers[4];
    size_t count = 0;

    (void)snprintf(seconds, sizeof seconds, "%" PRId64, message->timestamp);
    if (delivery->convoy.len > 0)
        headers[count++] =
            (struct header){project->signature_header.data, buf_text(&delivery->convoy)};
    if (delivery->standard.len > 0) {
        headers[count++] = (struct header){"webhook-id", message->id};
        headers[count++] = (struct header){"webhook-timestamp", text_of(seconds)};
        headers[count++] = (struct header){"webhook-signature", buf_text(&delivery->standard)};
    }
    print_headers(ctl, headers, count, message);
}

enum rc ctl_sign(struct ctl *ctl)
{
    char id[SIGN_ID_NEW_SIZE];
    struct sign_message message;
    struct delivery delivery;
    struct endpoint endpoint;
    struct project project;
    enum rc rc = find(ctl, &project, &endpoint);

    if (rc == RC_OK)
        rc = read_message(ctl, id, &message);
    if (rc != RC_OK)
        return rc;
    delivery_init(&delivery);
    rc = delivery_sign(&delivery, &project, &endpoint, &message, ctl->now);
    if (rc == RC_OK)
        print_signed(ctl, &project, &delivery, &message);
    if (rc == RC_CONFLICT)
        (void)snprintf(ctl->why, sizeof ctl->why,
                       "the endpoint is %s: nothing is to be delivered to it",
                       endpoint_status_name(endpoint.status));
    delivery_free(&delivery);
    return rc;
}

/* One "Name: value"; others than those of signatures, as a status line, are passed over. */
static void take_header(struct text line, struct text convoy, struct delivery_received *received)
{
    struct text name = text_up_to(line, ':');
    struct text value = text_trim(text_after(line, name.len));

    if (text_equal_caseless(name, convoy))
        received->convoy = value;
    else if (text_equal_caseless(name, text_of("webhook-id")))
        received->standard.id = value;
    else if (text_equal_caseless(name, text_of("webhook-timestamp")))
        received->standard.timestamp = value;
    else if (text_equal_caseless(name, text_of("webhook-signature")))
        received->standard.signature = value;
}

static enum rc read_received(struct ctl *ctl, struct text convoy,
                             struct delivery_received *received)
{
    struct text rest = ctl->files[CTL_HEADERS];

    received->body = ctl->files[CTL_PAYLOAD];
    while (rest.len > 0) {
        struct text line = text_up_to(rest, '\n');

        rest = text_after(rest, line.len);
        if (line.len > 0 && line.data[line.len - 1] == '\r')
            line.len--;
        take_header(line, convoy, received);
    }
    return ctl_integer(ctl, CTL_TOLERANCE, &received->tolerance);
}

/* An endpoint that exists for this one secret: in both formats, the Convoy header in its
 * advanced form. */
static enum rc make_endpoint(struct ctl *ctl, struct project *project, struct endpoint *endpoint)
{
    struct secret *secret = &endpoint->secrets[0];
    enum rc rc;

    project_init(project, UID_NONE, text_of("-"), ctl->now);
    endpoint_init(endpoint, UID_NONE, UID_NONE, ctl->now);
    endpoint->secret_count = 1;
    *secret = (struct secret){.expires_at = SECRET_NO_END, .type = SIGNING_KEY_HMAC};
    rc = ctl_signature_settings(ctl, project);
    if (rc == RC_OK)
        rc = ctl_secret(ctl, &secret->value);
    if (rc == RC_OK && signing_key_form(secret->value) != SIGNING_KEY_TEXT)
        secret->type = SIGNING_KEY_ED25519;
    return rc;
}

static enum rc conclude(struct ctl *ctl, const struct delivery_verdict *verdict)
{
    const struct secret *secret = verdict->secret;
    struct json_write json = json_write_to(&ctl->out);

    if (verdict->outcome.result != VERIFY_OK) {
        (void)snprintf(ctl->why, sizeof ctl->why, "signature not verified: %s",
                       verify_result_name(verdict->outcome.result));
        return RC_CONFLICT;
    }
    if (ctl->json) {
        verify_json_write(&json, verdict, ctl->now);
        buf_put_byte(&ctl->out, '\n');
        return RC_OK;
    }
    ctl_cell(ctl, 0, text_of("verified"));
    ctl_cell(ctl, 8, text_of(signature_format_name(verdict->format)));
    ctl_cell(ctl, 7, text_of(secret_state_name(secret, ctl->now)));
    ctl_cell_uid(ctl, &secret->uid);
    ctl_cell_moment(ctl, secret->expires_at);
    ctl_row(ctl);
    return RC_OK;
}

enum rc ctl_verify(struct ctl *ctl)
{
    struct delivery_received received = {.tolerance = VERIFY_TOLERANCE};
    bool alone = ctl->values[CTL_SECRET_FILE] != NULL;
    struct delivery_verdict verdict;
    struct endpoint endpoint;
    struct project project;
    enum rc rc = alone ? make_endpoint(ctl, &project, &endpoint) : ctl_open(ctl);

    if (rc == RC_OK && !alone)
        rc = find(ctl, &project, &endpoint);
    if (rc == RC_OK)
        rc = read_received(ctl, project.signature_header, &received);
    if (rc == RC_OK)
        rc = delivery_verify(&project, &endpoint, &received, ctl->now, &verdict);
    return rc == RC_OK ? conclude(ctl, &verdict) : rc;
}
