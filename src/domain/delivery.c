/* delivery: picks the secrets and the forms. */
#include "domain/delivery.h"

enum {
    HEADER_MAX = 64 * 1024 /* more than all secrets in all versions come to */
};

void delivery_init(struct delivery *delivery)
{
    buf_init(&delivery->convoy, HEADER_MAX);
    buf_init(&delivery->standard, HEADER_MAX);
    delivery->used_count = 0;
}

void delivery_free(struct delivery *delivery)
{
    buf_free(&delivery->convoy);
    buf_free(&delivery->standard);
}

enum rc delivery_sign(struct delivery *delivery, const struct project *project,
                      const struct endpoint *endpoint, const struct sign_message *message,
                      int64_t now)
{
    struct signing_key keys[ENDPOINT_SECRETS_MAX];
    size_t count = 0;
    enum rc rc;

    if (endpoint->status != ENDPOINT_ACTIVE)
        return RC_CONFLICT;
    for (size_t i = 0; i < endpoint->secret_count; i++) {
        if (!secret_can_sign(&endpoint->secrets[i], now))
            continue;
        keys[count] = (struct signing_key){SIGNING_KEY_HMAC, endpoint->secrets[i].value};
        delivery->used[count++] = endpoint->secrets[i].uid;
    }
    delivery->used_count = count;
    if (count == 0)
        return RC_CORRUPT;
    if (endpoint->advanced_signatures)
        sign_convoy(&delivery->convoy, project->versions, project->version_count, keys, count,
                    message);
    else
        sign_convoy_bare(&delivery->convoy, &project->versions[project->version_count - 1],
                         &keys[count - 1], message);
    sign_standard(&delivery->standard, keys, count, message);
    rc = buf_status(&delivery->convoy);
    return rc == RC_OK ? buf_status(&delivery->standard) : rc;
}
