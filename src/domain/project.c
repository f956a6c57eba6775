/* project: factory settings and their bounds. */
#include "domain/project.h"

#include <inttypes.h>

void project_init(struct project *project, struct uid uid, struct text name, int64_t now)
{
    *project = (struct project){.uid = uid,
                                .name = name,
                                .created_at = now,
                                .updated_at = now,
                                .default_grace = PROJECT_DEFAULT_GRACE,
                                .max_grace = PROJECT_MAX_GRACE,
                                .max_signing_secrets = PROJECT_SIGNING_SECRETS,
                                .signature_header = text_of("X-Convoy-Signature"),
                                .versions = {1, {{PROJECT_SHA256, PROJECT_HEX}}}};
}

/* Names that mean something else in the same delivery, to POST .../verify, or in HTTP itself. */
static bool is_taken(struct text header)
{
    static const char *const taken[] = {"accept",
                                        "accept-charset",
                                        "accept-encoding",
                                        "accept-language",
                                        "cache-control",
                                        "cookie",
                                        "date",
                                        "forwarded",
                                        "from",
                                        "hookroll-compact",
                                        "hookroll-tolerance",
                                        "if-match",
                                        "if-modified-since",
                                        "if-none-match",
                                        "if-range",
                                        "if-unmodified-since",
                                        "keep-alive",
                                        "max-forwards",
                                        "origin",
                                        "pragma",
                                        "proxy-authenticate",
                                        "proxy-authorization",
                                        "range",
                                        "referer",
                                        "set-cookie",
                                        "user-agent",
                                        "via",
                                        "x-forwarded-for",
                                        "x-request-id",
                                        "webhook-id",
                                        "webhook-timestamp",
                                        "webhook-signature",
                                        "content-type",
                                        "content-length",
                                        "transfer-encoding",
                                        "content-encoding",
                                        "host",
                                        "connection",
                                        "authorization",
                                        "te",
                                        "trailer",
                                        "upgrade",
                                        "expect"};

    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (text_equal_caseless(text_of(taken[i]), header))
            return true;
    return false;
}

static void check_signature(const struct project *project, struct faults *faults)
{
    if (project->signature_header.len == 0 || project->signature_header.len > PROJECT_HEADER_MAX ||
        !text_is_token(project->signature_header))
        faults_add(faults, "signature.header",
                   "signature.header must be a header's name of 1 to %d characters",
                   PROJECT_HEADER_MAX);
    else if (is_taken(project->signature_header))
        faults_add(faults, "signature.header",
                   "signature.header must not be a header that has another meaning");
    if (project->versions.count < 1 || project->versions.count > PROJECT_VERSIONS_MAX)
        faults_add(faults, "signature.versions", "signature.versions must be 1 to %d versions",
                   PROJECT_VERSIONS_MAX);
}

enum rc project_check(const struct project *project, struct faults *faults)
{
    int64_t longest = project->max_grace;

    if (project->name.len == 0 || project->name.len > PROJECT_NAME_MAX ||
        !text_is_utf8(project->name) || text_has_control(project->name))
        faults_add(faults, "name", "name must be 1 to %d bytes of UTF-8 without control characters",
                   PROJECT_NAME_MAX);
    if (project->max_grace < 0 || project->max_grace > PROJECT_GRACE_CEILING) {
        faults_add(faults, "max_grace", "max_grace must be from 0 to %" PRId64 " (seconds)",
                   PROJECT_GRACE_CEILING);
        longest = PROJECT_GRACE_CEILING;
    }
    if (project->default_grace < 0 || project->default_grace > longest)
        faults_add(faults, "default_grace",
                   "default_grace must be from 0 to max_grace, %" PRId64 " (seconds)", longest);
    if (project->max_signing_secrets < 1 ||
        project->max_signing_secrets > PROJECT_SIGNING_SECRETS_MAX)
        faults_add(faults, "max_signing_secrets", "max_signing_secrets must be from 1 to %d",
                   PROJECT_SIGNING_SECRETS_MAX);
    check_signature(project, faults);
    return faults->count > 0 ? RC_INVALID : RC_OK;
}

const char *project_hash_name(enum project_hash hash)
{
    switch (hash) {
    case PROJECT_SHA256:
        return "SHA256";
    case PROJECT_SHA512:
        return "SHA512";
    }
    return "unknown";
}

const char *project_encoding_name(enum project_encoding encoding)
{
    switch (encoding) {
    case PROJECT_HEX:
        return "hex";
    case PROJECT_BASE64:
        return "base64";
    }
    return "unknown";
}

bool project_hash_named(struct text name, enum project_hash *out)
{
    for (enum project_hash hash = PROJECT_SHA256; hash <= PROJECT_SHA512; hash++)
        if (text_is(name, project_hash_name(hash))) {
            *out = hash;
            return true;
        }
    return false;
}

bool project_encoding_named(struct text name, enum project_encoding *out)
{
    for (enum project_encoding encoding = PROJECT_HEX; encoding <= PROJECT_BASE64; encoding++)
        if (text_is(name, project_encoding_name(encoding))) {
            *out = encoding;
            return true;
        }
    return false;
}
