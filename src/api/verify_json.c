/* verify_json: the names of headers know no case, their values are taken as they are. */
#include "api/verify_json.h"

#include "api/body.h"
#include "api/json_member.h"
#include "api/json_read.h"
#include "api/payload_json.h"

#include <stdio.h>

static void check_tolerance(int64_t tolerance, const char *name, struct faults *faults)
{
    if (tolerance < 0 || tolerance > VERIFY_TOLERANCE_MAX)
        faults_add(faults, name, "%s must be an integer from 0 to %d (seconds)", name,
                   VERIFY_TOLERANCE_MAX);
}

static void read_header(const struct json_object *headers, struct text name, struct text *out,
                        struct faults *faults)
{
    char path[FAULTS_MEMBER_SIZE];
    const char *key = NULL;
    size_t count = json_read_like(headers, name, &key);

    if (count == 0)
        return;
    (void)snprintf(path, sizeof path, "headers.%.*s", TEXT_ARG(name));
    if (count > 1)
        faults_add(faults, path, "%s must be given once, in upper or lower case", path);
    else
        body_text(headers, key, path, out, faults);
}

static void read_headers(const struct json_object *object, struct text convoy,
                         struct delivery_received *received, struct faults *faults)
{
    const struct json_object *headers = json_read_member(object, "headers");

    if (json_read_kind(object, "headers") != JSON_KIND_OBJECT) {
        faults_add(faults, "headers", "headers must be an object of names and values");
        return;
    }
    read_header(headers, convoy, &received->convoy, faults);
    read_header(headers, text_of("webhook-id"), &received->standard.id, faults);
    read_header(headers, text_of("webhook-timestamp"), &received->standard.timestamp, faults);
    read_header(headers, text_of("webhook-signature"), &received->standard.signature, faults);
}

enum rc verify_json_read(const struct json_object *object, struct text convoy, struct arena *arena,
                         struct delivery_received *received, struct faults *faults)
{
    read_headers(object, convoy, received, faults);
    body_integer(object, "tolerance", &received->tolerance, faults);
    check_tolerance(received->tolerance, "tolerance", faults);
    return payload_json_read(object, arena, &received->body, faults);
}

void verify_json_read_raw(const struct request *request, struct text convoy,
                          struct delivery_received *received, struct faults *faults)
{
    struct text tolerance = request_header(request, text_of("Hookroll-Tolerance"));

    received->body = request->body;
    received->convoy = request_header(request, convoy);
    received->standard =
        (struct verify_standard){request_header(request, text_of("Webhook-Id")),
                                 request_header(request, text_of("Webhook-Timestamp")),
                                 request_header(request, text_of("Webhook-Signature"))};
    if (tolerance.len > 0 && !text_to_int64(tolerance, &received->tolerance))
        received->tolerance = -1;
    check_tolerance(received->tolerance, "Hookroll-Tolerance", faults);
}

static void string_or_null(struct json_write *json, const char *key, const char *value)
{
    if (value != NULL) {
        json_member_string(json, key, value);
        return;
    }
    json_write_key(json, key);
    json_write_null(json);
}

static void write_age(struct json_write *json, const struct verify_outcome *outcome, int64_t now)
{
    if (outcome->timestamped) {
        json_member_integer(json, "timestamp", outcome->timestamp);
        json_member_integer(json, "age", now / 1000 - outcome->timestamp);
        return;
    }
    string_or_null(json, "timestamp", NULL);
    string_or_null(json, "age", NULL);
}

void verify_json_write(struct json_write *json, const struct delivery_verdict *verdict, int64_t now)
{
    const struct verify_outcome *outcome = &verdict->outcome;
    const struct secret *secret = verdict->secret;
    bool known = verdict->format != SIGNATURE_NO_FORMAT;
    char version[8];

    (void)snprintf(version, sizeof version, "v%u%s", outcome->version,
                   secret != NULL && secret->type == SIGNING_KEY_ED25519 ? "a" : "");
    json_write_begin_object(json);
    json_member_boolean(json, "verified", outcome->result == VERIFY_OK);
    string_or_null(json, "reason",
                   outcome->result == VERIFY_OK ? NULL : verify_result_name(outcome->result));
    string_or_null(json, "format", known ? signature_format_name(verdict->format) : NULL);
    string_or_null(json, "version", secret != NULL ? version : NULL);
    json_member_uid(json, "secret", secret != NULL ? &secret->uid : &UID_NONE);
    string_or_null(json, "state", secret != NULL ? secret_state_name(secret, now) : NULL);
    json_member_moment(json, "expires_at", secret != NULL ? secret->expires_at : SECRET_NO_END);
    write_age(json, outcome, now);
    json_write_end_object(json);
}
