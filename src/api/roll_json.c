/* roll_json: types only; what the values may be is the domain's. */
#include "api/roll_json.h"

#include "api/body.h"
#include "api/json_read.h"

/* No grace: out of every project's range. */
enum {
    NOT_AN_INTEGER = -1
};

void roll_json_read(const struct json_object *object, struct roll_request *request,
                    struct faults *faults)
{
    enum json_kind expiration = json_read_kind(object, "expiration");

    *request = (struct roll_request){0};
    if (expiration == JSON_KIND_INTEGER || expiration == JSON_KIND_NUMBER) {
        request->has_grace = true;
        request->grace = expiration == JSON_KIND_INTEGER ? json_read_integer(object, "expiration")
                                                         : NOT_AN_INTEGER;
    } else if (expiration != JSON_KIND_ABSENT) {
        body_wrong_type(faults, "expiration");
    }
    body_text(object, "secret", "secret", &request->secret, faults);
    body_text(object, "reason", "reason", &request->reason, faults);
}
