/* sample: numbers stand in the last bytes of whatever is otherwise random, and in the first ones of
 * uids too, where the store's keys have them. */
#include "support/sample.h"

#include "domain/create.h"

#include <check.h>
#include <string.h>

static void number(uint8_t *end, uint32_t n)
{
    for (int i = 1; i <= 4; i++, n >>= 8)
        end[-i] = (uint8_t)n;
}

struct uid sample_uid(uint32_t n)
{
    uint8_t entropy[UID_ENTROPY_BYTES] = {0};

    number(entropy + 4, n);
    number(entropy + sizeof entropy, n);
    return uid_make(SAMPLE_NOW - 1000, entropy);
}

struct text sample_uid_text(uint32_t n)
{
    static char room[8][UID_SIZE];
    struct uid uid = sample_uid(n);

    uid_format(&uid, room[n]);
    return text_of(room[n]);
}

struct secret_fresh sample_fresh(uint32_t n)
{
    struct secret_fresh fresh = {{0x5A}, {0x3C}};

    number(fresh.uid + sizeof fresh.uid, n);
    number(fresh.value + sizeof fresh.value, n);
    return fresh;
}

struct project sample_project(uint32_t n)
{
    struct project project;

    project_init(&project, sample_uid(n), text_of("a project"), SAMPLE_NOW);
    return project;
}

struct apikey sample_apikey(uint32_t n, uint32_t project)
{
    struct secret_fresh fresh = sample_fresh(n);
    uint8_t secret[APIKEY_SECRET_BYTES] = {0};
    struct apikey key = {.uid = sample_uid(n),
                         .project = sample_uid(project),
                         .scopes = SCOPE_PROJECT_ADMIN,
                         .name = text_of("a key"),
                         .created_at = SAMPLE_NOW,
                         .expires_at = APIKEY_NO_END,
                         .revoked_at = APIKEY_NO_END,
                         .last_used_at = APIKEY_NO_USE};

    memcpy(secret, fresh.uid, sizeof fresh.uid);
    apikey_set_secret(&key, secret);
    return key;
}

void sample_endpoint(uint32_t n, uint32_t project, struct arena *arena, struct endpoint *out,
                     struct history *event)
{
    struct create create = {.fresh = sample_fresh(n),
                            .by = {.now = SAMPLE_NOW, .request_id = text_of("sample")}};

    endpoint_init(out, sample_uid(n), sample_uid(project), SAMPLE_NOW);
    out->members[ENDPOINT_NAME] = text_of("an endpoint");
    out->members[ENDPOINT_URL] = text_of("https://example.com/hook");
    ck_assert_int_eq(create_apply(&create, out, event, arena), RC_OK);
}

void sample_fill(struct endpoint *endpoint)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        endpoint->members[i] = text_of(endpoint_members[i].path);
}

static void same_text(struct text a, struct text b)
{
    ck_assert_uint_eq(a.len, b.len);
    ck_assert(text_equal(a, b));
}

static void same_secret(const struct secret *a, const struct secret *b)
{
    ck_assert(uid_equal(&a->uid, &b->uid));
    same_text(a->value, b->value);
    ck_assert_int_eq(a->created_at, b->created_at);
    ck_assert_int_eq(a->updated_at, b->updated_at);
    ck_assert_int_eq(a->expires_at, b->expires_at);
    ck_assert_int_eq(a->type, b->type);
    ck_assert_int_eq(a->verified_at, b->verified_at);
}

void sample_same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    ck_assert(uid_equal(&a->uid, &b->uid));
    ck_assert(uid_equal(&a->project, &b->project));
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        same_text(a->members[i], b->members[i]);
    ck_assert_int_eq(a->status, b->status);
    ck_assert_int_eq(a->advanced_signatures, b->advanced_signatures);
    ck_assert_int_eq(a->signature.order, b->signature.order);
    ck_assert_uint_eq(a->signature.formats, b->signature.formats);
    ck_assert_int_eq(a->signature.key_type, b->signature.key_type);
    ck_assert_int_eq(a->http_timeout, b->http_timeout);
    ck_assert_int_eq(a->rate_limit, b->rate_limit);
    ck_assert_int_eq(a->rate_limit_duration, b->rate_limit_duration);
    ck_assert_int_eq(a->created_at, b->created_at);
    ck_assert_int_eq(a->updated_at, b->updated_at);
    ck_assert_uint_eq(a->history, b->history);
    ck_assert_uint_eq(a->revision, b->revision);
    ck_assert_uint_eq(a->secret_count, b->secret_count);
    for (size_t i = 0; i < a->secret_count; i++)
        same_secret(&a->secrets[i], &b->secrets[i]);
}

void sample_same_apikey(const struct apikey *a, const struct apikey *b)
{
    ck_assert(uid_equal(&a->uid, &b->uid));
    ck_assert(uid_equal(&a->project, &b->project));
    ck_assert_mem_eq(a->digest, b->digest, sizeof a->digest);
    ck_assert_uint_eq(a->scopes, b->scopes);
    same_text(a->name, b->name);
    same_text(a->owner_id, b->owner_id);
    ck_assert_int_eq(a->created_at, b->created_at);
    ck_assert_int_eq(a->expires_at, b->expires_at);
    ck_assert_int_eq(a->revoked_at, b->revoked_at);
    ck_assert_int_eq(a->last_used_at, b->last_used_at);
}

void sample_same_project(const struct project *a, const struct project *b)
{
    ck_assert(uid_equal(&a->uid, &b->uid));
    same_text(a->name, b->name);
    ck_assert_int_eq(a->created_at, b->created_at);
    ck_assert_int_eq(a->updated_at, b->updated_at);
    ck_assert_int_eq(a->default_grace, b->default_grace);
    ck_assert_int_eq(a->max_grace, b->max_grace);
    ck_assert_int_eq(a->max_signing_secrets, b->max_signing_secrets);
    same_text(a->signature_header, b->signature_header);
    ck_assert_uint_eq(a->versions.count, b->versions.count);
    for (size_t i = 0; i < a->versions.count; i++) {
        ck_assert_int_eq(a->versions.list[i].hash, b->versions.list[i].hash);
        ck_assert_int_eq(a->versions.list[i].encoding, b->versions.list[i].encoding);
    }
}

void sample_same_history(const struct history *a, const struct history *b)
{
    ck_assert_uint_eq(a->sequence, b->sequence);
    ck_assert_uint_eq(a->previous, b->previous);
    ck_assert_int_eq(a->at, b->at);
    ck_assert_int_eq(a->action, b->action);
    ck_assert(uid_equal(&a->project, &b->project));
    ck_assert(uid_equal(&a->endpoint, &b->endpoint));
    ck_assert(uid_equal(&a->key, &b->key));
    same_text(a->request_id, b->request_id);
    ck_assert(uid_equal(&a->ended, &b->ended));
    ck_assert_int_eq(a->ended_at, b->ended_at);
    ck_assert(uid_equal(&a->fresh, &b->fresh));
    same_text(a->reason, b->reason);
}
