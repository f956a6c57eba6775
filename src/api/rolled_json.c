/* rolled_json: a roll among many tells less of its endpoint than a roll by itself. */
#include "api/rolled_json.h"

#include "api/endpoint_json.h"
#include "api/json_member.h"
#include "domain/delivery.h"

void rolled_json_write(struct json_write *json, const struct endpoint *endpoint,
                       const struct roll *roll)
{
    const char *warning = delivery_warning(endpoint);

    json_write_begin_object(json);
    json_member_uid(json, "uid", &endpoint->uid);
    json_member_text(json, "name", endpoint->members[ENDPOINT_NAME]);
    if (endpoint->members[ENDPOINT_OWNER_ID].len > 0)
        json_member_text(json, "owner_id", endpoint->members[ENDPOINT_OWNER_ID]);
    json_write_key(json, "secret");
    endpoint_json_secret(json, &endpoint->secrets[endpoint->secret_count - 1], true);
    json_write_key(json, "ended");
    json_write_begin_object(json);
    json_member_uid(json, "uid", &roll->ended);
    json_member_moment(json, "expires_at", roll->ended_at);
    json_write_end_object(json);
    if (warning != NULL)
        json_member_string(json, "warning", warning);
    json_write_end_object(json);
}

void rolled_json_refused(struct json_write *json, const struct uid *uid, const char *why)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", uid);
    json_member_string(json, "message", why);
    json_write_end_object(json);
}
