/* rc: names of the result codes, for logs only. */
#include "base/rc.h"

const char *rc_name(enum rc rc)
{
    switch (rc) {
    case RC_OK:
        return "ok";
    case RC_INVALID:
        return "invalid";
    case RC_UNAUTHENTICATED:
        return "unauthenticated";
    case RC_DENIED:
        return "denied";
    case RC_FORBIDDEN:
        return "forbidden";
    case RC_NOT_FOUND:
        return "not_found";
    case RC_GONE:
        return "gone";
    case RC_PRECONDITION:
        return "precondition";
    case RC_METHOD:
        return "method";
    case RC_CONFLICT:
        return "conflict";
    case RC_EXISTS:
        return "exists";
    case RC_TOO_LARGE:
        return "too_large";
    case RC_MEDIA_TYPE:
        return "media_type";
    case RC_NO_MEMORY:
        return "no_memory";
    case RC_FULL:
        return "full";
    case RC_UNAVAILABLE:
        return "unavailable";
    case RC_KEY:
        return "key";
    case RC_CORRUPT:
        return "corrupt";
    case RC_SYSTEM:
        return "system";
    }
    return "unknown";
}
