/* history: the names of what can happen. */
#include "domain/history.h"

const char *history_action_name(enum history_action action)
{
    switch (action) {
    case HISTORY_CREATED:
        return "created";
    case HISTORY_ROLLED:
        return "rolled";
    }
    return "unknown";
}
