/* history_json: members and their order. */
#include "api/history_json.h"

#include "api/json_member.h"

void history_json_write(struct json_write *json, const struct history *history)
{
    json_write_begin_object(json);
    json_member_integer(json, "sequence", (int64_t)history->sequence);
    json_member_moment(json, "at", history->at);
    json_member_string(json, "action", history_action_name(history->action));
    json_member_uid(json, "endpoint_id", &history->endpoint);
    json_member_uid(json, "key_id", &history->key);
    json_member_text(json, "request_id", history->request_id);
    json_member_uid(json, "ended_secret", &history->ended);
    json_member_moment(json, "ended_at",
                       uid_is_none(&history->ended) ? INT64_MAX : history->ended_at);
    json_member_uid(json, "new_secret", &history->fresh);
    json_member_text(json, "reason", history->reason);
    json_write_end_object(json);
}
