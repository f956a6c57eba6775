/* endpoint_members: the table of an endpoint's text members and their groups.
 * Names are the wire's; sizes are generous bounds, not tuned limits. */
#include "domain/endpoint.h"

const struct endpoint_group_info endpoint_groups[ENDPOINT_GROUPS] = {
    [ENDPOINT_ROOT] = {NULL, "", ENDPOINT_ROOT, ENDPOINT_PRESENT},
    [ENDPOINT_AUTHENTICATION] = {"authentication", "authentication", ENDPOINT_ROOT,
                                 ENDPOINT_PRESENT},
    [ENDPOINT_API_KEY] = {"api_key", "authentication.api_key", ENDPOINT_AUTHENTICATION,
                          ENDPOINT_PRESENT},
    [ENDPOINT_BASIC_AUTH] = {"basic_auth", "authentication.basic_auth", ENDPOINT_AUTHENTICATION,
                             ENDPOINT_PRESENT},
    [ENDPOINT_OAUTH2] = {"oauth2", "authentication.oauth2", ENDPOINT_AUTHENTICATION,
                         ENDPOINT_PRESENT},
    [ENDPOINT_FIELD_MAPPING] = {"field_mapping", "authentication.oauth2.field_mapping",
                                ENDPOINT_OAUTH2, ENDPOINT_OMITTED},
    [ENDPOINT_SIGNING_KEY] = {"signing_key", "authentication.oauth2.signing_key", ENDPOINT_OAUTH2,
                              ENDPOINT_OMITTED},
    [ENDPOINT_MTLS_CLIENT_CERT] = {"mtls_client_cert", "mtls_client_cert", ENDPOINT_ROOT,
                                   ENDPOINT_OMITTED},
};

/* One macro a group, to keep a row on a line. */
#define ROOT(name, max, empty)                                                                     \
    {                                                                                              \
        ENDPOINT_ROOT, name, name, max, ENDPOINT_SHOWN, empty                                      \
    }
#define API_KEY(name, max, shown)                                                                  \
    {                                                                                              \
        ENDPOINT_API_KEY, name, "authentication.api_key." name, max, shown, ENDPOINT_OMITTED       \
    }
#define BASIC(name, shown)                                                                         \
    {                                                                                              \
        ENDPOINT_BASIC_AUTH, name, "authentication.basic_auth." name, 1024, shown,                 \
            ENDPOINT_OMITTED                                                                       \
    }
#define OAUTH2(name, shown)                                                                        \
    {                                                                                              \
        ENDPOINT_OAUTH2, name, "authentication.oauth2." name, 4096, shown, ENDPOINT_OMITTED        \
    }
#define FIELD(name)                                                                                \
    {                                                                                              \
        ENDPOINT_FIELD_MAPPING, name, "authentication.oauth2.field_mapping." name, 256,            \
            ENDPOINT_SHOWN, ENDPOINT_OMITTED                                                       \
    }
#define JWK(name, shown)                                                                           \
    {                                                                                              \
        ENDPOINT_SIGNING_KEY, name, "authentication.oauth2.signing_key." name, 4096, shown,        \
            ENDPOINT_OMITTED                                                                       \
    }
#define MTLS(name, shown)                                                                          \
    {                                                                                              \
        ENDPOINT_MTLS_CLIENT_CERT, name, "mtls_client_cert." name, 65536, shown, ENDPOINT_OMITTED  \
    }

const struct endpoint_member_info endpoint_members[ENDPOINT_MEMBERS] = {
    [ENDPOINT_NAME] = ROOT("name", 1024, ENDPOINT_PRESENT),
    [ENDPOINT_URL] = ROOT("url", 2048, ENDPOINT_PRESENT),
    [ENDPOINT_DESCRIPTION] = ROOT("description", 8192, ENDPOINT_PRESENT),
    [ENDPOINT_OWNER_ID] = ROOT("owner_id", 256, ENDPOINT_OMITTED),
    [ENDPOINT_SUPPORT_EMAIL] = ROOT("support_email", 320, ENDPOINT_OMITTED),
    [ENDPOINT_SLACK_WEBHOOK_URL] = ROOT("slack_webhook_url", 2048, ENDPOINT_OMITTED),
    [ENDPOINT_CONTENT_TYPE] = ROOT("content_type", 64, ENDPOINT_PRESENT),
    [ENDPOINT_AUTH_TYPE] = {ENDPOINT_AUTHENTICATION, "type", "authentication.type", 64,
                            ENDPOINT_SHOWN, ENDPOINT_OMITTED},
    [ENDPOINT_API_KEY_HEADER_NAME] = API_KEY("header_name", 256, ENDPOINT_SHOWN),
    [ENDPOINT_API_KEY_HEADER_VALUE] = API_KEY("header_value", 4096, ENDPOINT_GUARDED),
    [ENDPOINT_BASIC_USERNAME] = BASIC("username", ENDPOINT_SHOWN),
    [ENDPOINT_BASIC_PASSWORD] = BASIC("password", ENDPOINT_CONCEALED),
    [ENDPOINT_OAUTH2_AUDIENCE] = OAUTH2("audience", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_AUTHENTICATION_TYPE] = OAUTH2("authentication_type", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_CLIENT_ID] = OAUTH2("client_id", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_CLIENT_SECRET] = OAUTH2("client_secret", ENDPOINT_GUARDED),
    [ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT] = OAUTH2("expiry_time_unit", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_GRANT_TYPE] = OAUTH2("grant_type", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_ISSUER] = OAUTH2("issuer", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_SCOPE] = OAUTH2("scope", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_SIGNING_ALGORITHM] = OAUTH2("signing_algorithm", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_SUBJECT] = OAUTH2("subject", ENDPOINT_SHOWN),
    [ENDPOINT_OAUTH2_URL] = OAUTH2("url", ENDPOINT_SHOWN),
    [ENDPOINT_FIELD_ACCESS_TOKEN] = FIELD("access_token"),
    [ENDPOINT_FIELD_EXPIRES_IN] = FIELD("expires_in"),
    [ENDPOINT_FIELD_TOKEN_TYPE] = FIELD("token_type"),
    [ENDPOINT_JWK_CRV] = JWK("crv", ENDPOINT_SHOWN),
    [ENDPOINT_JWK_D] = JWK("d", ENDPOINT_GUARDED),
    [ENDPOINT_JWK_DP] = JWK("dp", ENDPOINT_GUARDED),
    [ENDPOINT_JWK_DQ] = JWK("dq", ENDPOINT_GUARDED),
    [ENDPOINT_JWK_E] = JWK("e", ENDPOINT_SHOWN),
    [ENDPOINT_JWK_KID] = JWK("kid", ENDPOINT_SHOWN),
    [ENDPOINT_JWK_KTY] = JWK("kty", ENDPOINT_SHOWN),
    [ENDPOINT_JWK_N] = JWK("n", ENDPOINT_SHOWN),
    [ENDPOINT_JWK_P] = JWK("p", ENDPOINT_GUARDED),
    [ENDPOINT_JWK_Q] = JWK("q", ENDPOINT_GUARDED),
    [ENDPOINT_JWK_QI] = JWK("qi", ENDPOINT_GUARDED),
    [ENDPOINT_JWK_X] = JWK("x", ENDPOINT_SHOWN),
    [ENDPOINT_JWK_Y] = JWK("y", ENDPOINT_SHOWN),
    [ENDPOINT_CLIENT_CERT] = MTLS("client_cert", ENDPOINT_SHOWN),
    [ENDPOINT_CLIENT_KEY] = MTLS("client_key", ENDPOINT_CONCEALED),
};
