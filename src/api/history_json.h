/* history_json: the JSON form of what is remembered of a change. */
#ifndef HOOKROLL_API_HISTORY_JSON_H
#define HOOKROLL_API_HISTORY_JSON_H

#include "api/json_write.h"
#include "domain/history.h"

#include <stdbool.h>
#include <stdint.h>

void history_json_write(struct json_write *json, const struct history *history);

/* history_json_pagination: "pagination"; `next` is a sequence, 0: none. */
void history_json_pagination(struct json_write *json, int64_t per_page, uint64_t next, bool more);

#endif
