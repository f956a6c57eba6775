/* history_json: the JSON form of what is remembered of a change. */
#ifndef HOOKROLL_API_HISTORY_JSON_H
#define HOOKROLL_API_HISTORY_JSON_H

#include "api/json_write.h"
#include "domain/history.h"

void history_json_write(struct json_write *json, const struct history *history);

#endif
