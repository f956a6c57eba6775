/* signature_json: how an endpoint signs, in JSON. */
#ifndef HOOKROLL_API_SIGNATURE_JSON_H
#define HOOKROLL_API_SIGNATURE_JSON_H

#include "api/json_write.h"
#include "domain/faults.h"
#include "domain/secret.h"
#include "domain/signature_settings.h"

struct json_object;

/* signature_json_read: sets what the member "signature" of `object` gives; adds a fault
 * for what is of another form. */
void signature_json_read(const struct json_object *object, struct signature_settings *settings,
                         struct faults *faults);

/* signature_json_members: "order" and "formats", into the object that is open. */
void signature_json_members(struct json_write *json, const struct signature_settings *settings);

/* signature_json_public_key: "public_key" of an ed25519 secret; nothing of another. */
void signature_json_public_key(struct json_write *json, const struct secret *secret);

#endif
