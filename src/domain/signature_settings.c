/* signature_settings: names, factory settings and what fits together. */
#include "domain/signature_settings.h"

void signature_settings_init(struct signature_settings *settings)
{
    *settings = (struct signature_settings){
        SIGNATURE_OLDEST_FIRST, SIGNATURE_CONVOY | SIGNATURE_STANDARD, SIGNING_KEY_HMAC};
}

enum rc signature_settings_check(const struct signature_settings *settings, struct faults *faults)
{
    if (settings->formats == 0)
        faults_add(faults, "signature.formats",
                   "signature.formats must hold convoy, standard or both");
    else if (settings->key_type == SIGNING_KEY_ED25519 &&
             (settings->formats & SIGNATURE_STANDARD) == 0)
        faults_add(faults, "signature.formats",
                   "signature.formats must hold standard: convoy has no place for ed25519");
    else
        return RC_OK;
    return RC_INVALID;
}

const char *signature_order_name(enum signature_order order)
{
    return order == SIGNATURE_CURRENT_FIRST ? "current_first" : "oldest_first";
}

bool signature_order_named(struct text name, enum signature_order *out)
{
    *out = text_is(name, "current_first") ? SIGNATURE_CURRENT_FIRST : SIGNATURE_OLDEST_FIRST;
    return text_is(name, signature_order_name(*out));
}

const char *signature_format_name(enum signature_format format)
{
    return format == SIGNATURE_STANDARD ? "standard" : "convoy";
}

bool signature_format_named(struct text name, enum signature_format *out)
{
    *out = text_is(name, "standard") ? SIGNATURE_STANDARD : SIGNATURE_CONVOY;
    return text_is(name, signature_format_name(*out));
}
