/* signature_json: the members of "signature". */
#include "api/signature_json.h"

#include "api/body.h"
#include "api/json_member.h"
#include "api/json_read.h"

static void read_formats(const struct json_object *object, struct signature_settings *settings,
                         struct faults *faults)
{
    enum json_kind kind = json_read_kind(object, "formats");
    uint8_t formats = 0;

    if (kind == JSON_KIND_ABSENT)
        return;
    if (kind != JSON_KIND_ARRAY) {
        body_wrong_type(faults, "signature.formats");
        return;
    }
    for (size_t i = 0; i < json_read_count(object, "formats"); i++) {
        enum signature_format format;

        if (json_read_item_kind(object, "formats", i) != JSON_KIND_STRING ||
            !signature_format_named(json_read_item_text(object, "formats", i), &format)) {
            faults_add(faults, "signature.formats",
                       "signature.formats must hold convoy, standard or both");
            return;
        }
        formats |= (uint8_t)format;
    }
    settings->formats = formats;
}

static void read_members(const struct json_object *object, struct signature_settings *settings,
                         struct faults *faults)
{
    struct text order = text_of(signature_order_name(settings->order));
    struct text key_type = text_of(signing_key_type_name(settings->key_type));

    body_text(object, "order", "signature.order", &order, faults);
    body_text(object, "key_type", "signature.key_type", &key_type, faults);
    if (!signature_order_named(order, &settings->order))
        faults_add(faults, "signature.order",
                   "signature.order must be oldest_first or current_first");
    if (!signing_key_type_named(key_type, &settings->key_type))
        faults_add(faults, "signature.key_type", "signature.key_type must be hmac or ed25519");
    read_formats(object, settings, faults);
}

void signature_json_read(const struct json_object *object, struct signature_settings *settings,
                         struct faults *faults)
{
    enum json_kind kind = json_read_kind(object, "signature");

    if (kind == JSON_KIND_OBJECT)
        read_members(json_read_member(object, "signature"), settings, faults);
    else if (kind != JSON_KIND_ABSENT)
        body_wrong_type(faults, "signature");
}

void signature_json_members(struct json_write *json, const struct signature_settings *settings)
{
    static const enum signature_format formats[] = {SIGNATURE_CONVOY, SIGNATURE_STANDARD};

    json_member_string(json, "order", signature_order_name(settings->order));
    json_write_key(json, "formats");
    json_write_begin_array(json);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if ((settings->formats & formats[i]) != 0)
            json_write_string(json, signature_format_name(formats[i]));
    json_write_end_array(json);
}

void signature_json_public_key(struct json_write *json, const struct secret *secret)
{
    char key[SIGNING_KEY_PUBLIC_SIZE];

    if (secret->type == SIGNING_KEY_ED25519 && signing_key_write_public(secret->value, key))
        json_member_string(json, "public_key", key);
}
