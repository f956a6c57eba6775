/* delivery: picks the secrets and the forms. */
#include "domain/delivery.h"

enum {
    HEADER_MAX = 64 * 1024 /* more than all secrets in all versions come to */
};

_Static_assert((int)ENDPOINT_SECRETS_MAX <= (int)SIGNING_KEYS_MAX, "every secret has room");

void delivery_init(struct delivery *delivery)
{
    buf_init_in(&delivery->convoy, delivery->room[0], DELIVERY_ROOM, HEADER_MAX);
    buf_init_in(&delivery->standard, delivery->room[1], DELIVERY_ROOM, HEADER_MAX);
    delivery->used_count = 0;
}

void delivery_free(struct delivery *delivery)
{
    buf_free(&delivery->convoy);
    buf_free(&delivery->standard);
}

size_t delivery_order(const struct endpoint *endpoint, int64_t now,
                      const struct secret *out[ENDPOINT_SECRETS_MAX])
{
    bool backwards = endpoint->signature.order == SIGNATURE_CURRENT_FIRST;
    size_t count = 0;

    for (size_t i = 0; i < endpoint->secret_count; i++) {
        const struct secret *secret =
            &endpoint->secrets[backwards ? endpoint->secret_count - 1 - i : i];

        if (secret_can_sign(secret, now))
            out[count++] = secret;
    }
    return count;
}

static struct signing_key key_of(const struct secret *secret)
{
    return (struct signing_key){secret->type, secret->value};
}

static void sign_in_convoy(struct buf *out, const struct project *project,
                           const struct endpoint *endpoint, const struct signing_keys *keys,
                           const struct sign_message *message)
{
    struct signing_key current = key_of(&endpoint->secrets[endpoint->secret_count - 1]);

    if (endpoint->advanced_signatures)
        sign_convoy(out, &project->versions, keys, message);
    else
        sign_convoy_bare(out, &project->versions.list[project->versions.count - 1], &current,
                         message);
}

enum rc delivery_sign(struct delivery *delivery, const struct project *project,
                      const struct endpoint *endpoint, const struct sign_message *message,
                      int64_t now)
{
    const struct secret *secrets[ENDPOINT_SECRETS_MAX];
    struct signing_keys keys;
    enum rc rc;

    if (endpoint->status != ENDPOINT_ACTIVE)
        return RC_CONFLICT;
    keys.count = delivery_order(endpoint, now, secrets);
    if (keys.count == 0)
        return RC_CORRUPT;
    for (size_t i = 0; i < keys.count; i++) {
        keys.list[i] = key_of(secrets[i]);
        delivery->used[i] = secrets[i]->uid;
    }
    delivery->used_count = keys.count;
    if ((endpoint->signature.formats & SIGNATURE_CONVOY) != 0)
        sign_in_convoy(&delivery->convoy, project, endpoint, &keys, message);
    if ((endpoint->signature.formats & SIGNATURE_STANDARD) != 0)
        sign_standard(&delivery->standard, &keys, message);
    rc = buf_status(&delivery->convoy);
    return rc == RC_OK ? buf_status(&delivery->standard) : rc;
}

static enum signature_format deciding(const struct endpoint *endpoint,
                                      const struct delivery_received *received)
{
    const struct verify_standard *standard = &received->standard;

    if ((endpoint->signature.formats & SIGNATURE_STANDARD) != 0 &&
        standard->id.len + standard->timestamp.len + standard->signature.len > 0)
        return SIGNATURE_STANDARD;
    if ((endpoint->signature.formats & SIGNATURE_CONVOY) != 0 && received->convoy.len > 0)
        return SIGNATURE_CONVOY;
    return SIGNATURE_NO_FORMAT;
}

static enum rc verify_with(const struct project *project, bool advanced,
                           const struct delivery_received *received,
                           const struct signing_keys *keys, int64_t now, size_t *hashable,
                           struct delivery_verdict *verdict)
{
    const struct verify_clock clock = {now / 1000, received->tolerance};
    struct verify_outcome *out = &verdict->outcome;

    if (verdict->format == SIGNATURE_STANDARD)
        return verify_standard(&received->standard, received->body, keys, &clock, hashable, out);
    if (advanced)
        verify_convoy(received->convoy, received->body, &project->versions, keys, &clock, out);
    else
        verify_convoy_bare(received->convoy, received->body, &project->versions, keys, out);
    return RC_OK;
}

/* With the secrets that can sign, or with those that no longer can. */
static enum rc verify_by(const struct project *project, const struct endpoint *endpoint,
                         const struct delivery_received *received, int64_t now, bool can_sign,
                         size_t *hashable, struct delivery_verdict *verdict)
{
    const struct secret *secrets[ENDPOINT_SECRETS_MAX];
    struct signing_keys keys;
    enum rc rc;

    keys.count = 0;
    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (secret_can_sign(&endpoint->secrets[i], now) == can_sign) {
            secrets[keys.count] = &endpoint->secrets[i];
            keys.list[keys.count++] = key_of(&endpoint->secrets[i]);
        }
    rc = verify_with(project, endpoint->advanced_signatures, received, &keys, now, hashable,
                     verdict);
    if (rc == RC_OK && verdict->outcome.result == VERIFY_OK)
        verdict->secret = secrets[verdict->outcome.key];
    return rc;
}

enum rc delivery_verify(const struct project *project, const struct endpoint *endpoint,
                        const struct delivery_received *received, int64_t now,
                        struct delivery_verdict *verdict)
{
    size_t hashable = VERIFY_HASHED_MAX;
    enum rc rc;

    *verdict = (struct delivery_verdict){.outcome = {.result = VERIFY_MISSING},
                                         .format = deciding(endpoint, received)};
    if (verdict->format == SIGNATURE_NO_FORMAT)
        return RC_OK;
    rc = verify_by(project, endpoint, received, now, true, &hashable, verdict);
    if (rc != RC_OK || verdict->outcome.result != VERIFY_MISMATCH)
        return rc;
    rc = verify_by(project, endpoint, received, now, false, &hashable, verdict);
    if (verdict->outcome.result == VERIFY_OK)
        verdict->outcome.result = VERIFY_SECRET_ENDED;
    return rc;
}

enum rc delivery_note_use(struct edit *edit, void *arg)
{
    const struct delivery_use *use = arg;

    for (size_t i = 0; i < edit->endpoint->secret_count; i++) {
        struct secret *secret = &edit->endpoint->secrets[i];

        if (!uid_equal(&secret->uid, &use->secret))
            continue;
        if (secret_verified_is_fresh(secret, use->now))
            return RC_EXISTS;
        secret->verified_at = use->now;
        return RC_OK;
    }
    return RC_GONE;
}

/* Between the current secret and the one before it. */
static const char *overlap_warning(const struct endpoint *endpoint)
{
    const struct secret *secrets = endpoint->secrets;
    size_t count = endpoint->secret_count;

    if ((endpoint->signature.formats & SIGNATURE_CONVOY) == 0 || count < 2)
        return NULL;
    if (secrets[count - 1].type == SIGNING_KEY_ED25519)
        return secrets[count - 2].type == SIGNING_KEY_ED25519
                   ? NULL
                   : "the new secret is an ed25519 key: the Convoy signature has no place for it, "
                     "so receivers that check nothing else cannot move to it";
    if (!endpoint->advanced_signatures)
        return "advanced_signatures is off: the Convoy signature has room for the new secret only, "
               "so there is no overlap for receivers that check nothing else";
    return NULL;
}

const char *delivery_warning(const struct endpoint *endpoint)
{
    const struct secret *current = &endpoint->secrets[endpoint->secret_count - 1];

    if ((endpoint->signature.formats & SIGNATURE_STANDARD) != 0 &&
        signing_key_is_misformed(current->value))
        return "the new secret begins with whsec_, but padded base64 of 24 to 64 bytes does not "
               "follow: it is used as written, and libraries of Standard Webhooks cannot verify "
               "with it";
    return overlap_warning(endpoint);
}
