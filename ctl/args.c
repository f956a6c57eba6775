/* args: options' names and their values as what they stand for. */
#include "ctl.h"
#include "domain/project.h"
#include "domain/sign.h"
#include "domain/verify.h"

#include <inttypes.h>

static const char *const names[CTL_OPTIONS] = {
    [CTL_CONFIG] = "--config",
    [CTL_STORE] = "--store",
    [CTL_MASTER_KEY] = "--master-key",
    [CTL_PROJECT] = "--project",
    [CTL_ENDPOINT] = "--endpoint",
    [CTL_KEY] = "--key",
    [CTL_NAME] = "--name",
    [CTL_URL] = "--url",
    [CTL_OWNER_ID] = "--owner-id",
    [CTL_SCOPES] = "--scopes",
    [CTL_EXPIRES_IN] = "--expires-in",
    [CTL_EXPIRATION] = "--expiration",
    [CTL_CREATED_BEFORE] = "--created-before",
    [CTL_SECRET_FILE] = "--secret-file",
    [CTL_INPUT] = "--input",
    [CTL_DEFAULT_GRACE] = "--default-grace",
    [CTL_MAX_GRACE] = "--max-grace",
    [CTL_MAX_SIGNING_SECRETS] = "--max-signing-secrets",
    [CTL_LIMIT] = "--limit",
    [CTL_REASON] = "--reason",
    [CTL_SECRET_ID] = "--secret-id",
    [CTL_SIGNATURE_HEADER] = "--signature-header",
    [CTL_SIGNATURE_VERSIONS] = "--signature-versions",
    [CTL_PAYLOAD] = "--payload",
    [CTL_HEADERS] = "--headers",
    [CTL_MESSAGE_ID] = "--message-id",
    [CTL_TIMESTAMP] = "--timestamp",
    [CTL_TOLERANCE] = "--tolerance",
    [CTL_JSON] = "--json",
    [CTL_SHOW_SECRETS] = "--show-secrets",
    [CTL_COMPACT] = "--compact",
    [CTL_IN_GRACE] = "--in-grace",
    [CTL_UNVERIFIED] = "--unverified",
};

/* Of those that are integers. */
static const struct range {
    int64_t min;
    int64_t max; /* 0: the project's to say, which is shown OUT_OF_RANGE for what is no integer */
    const char *unit;
} ranges[CTL_VALUES] = {
    [CTL_EXPIRES_IN] = {1, PROJECT_GRACE_CEILING, " (seconds)"},
    [CTL_EXPIRATION] = {0, 0, ""},
    [CTL_DEFAULT_GRACE] = {0, 0, ""},
    [CTL_MAX_GRACE] = {0, PROJECT_GRACE_CEILING, " (seconds)"},
    [CTL_MAX_SIGNING_SECRETS] = {1, PROJECT_SIGNING_SECRETS_MAX, ""},
    [CTL_LIMIT] = {1, INT64_MAX, ""},
    [CTL_TIMESTAMP] = {0, SIGN_TIMESTAMP_MAX, " (Unix seconds)"},
    [CTL_TOLERANCE] = {0, VERIFY_TOLERANCE_MAX, " (seconds)"},
};

enum {
    OUT_OF_RANGE = -1
};

const char *ctl_name(enum ctl_option option)
{
    return names[option];
}

enum ctl_option ctl_option_named(struct text name)
{
    int option = 0;

    while (option < CTL_OPTIONS && !text_is(name, names[option]))
        option++;
    return (enum ctl_option)option;
}

enum rc ctl_uid(struct ctl *ctl, enum ctl_option option, struct uid *out)
{
    if (uid_parse(text_of(ctl->values[option]), out))
        return RC_OK;
    faults_add(&ctl->faults, names[option], "%s must be an id of 26 characters", names[option]);
    return RC_INVALID;
}

enum rc ctl_ids(struct ctl *ctl, struct uid *project, struct uid *endpoint)
{
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, project);
    enum rc second = ctl_uid(ctl, CTL_ENDPOINT, endpoint);

    return rc == RC_OK ? second : rc;
}

enum rc ctl_integer(struct ctl *ctl, enum ctl_option option, int64_t *out)
{
    const struct range *range = &ranges[option];
    int64_t value = OUT_OF_RANGE;
    bool good;

    if (ctl->values[option] == NULL)
        return RC_OK;
    good = text_to_int64(text_of(ctl->values[option]), &value);
    if (range->max == 0 || (good && value >= range->min && value <= range->max)) {
        *out = value;
        return RC_OK;
    }
    faults_add(&ctl->faults, names[option],
               "%s must be an integer from %" PRId64 " to %" PRId64 "%s", names[option], range->min,
               range->max, range->unit);
    return RC_INVALID;
}

/* "SHA256:hex,SHA512:base64" */
static enum rc read_versions(struct ctl *ctl, struct project *project)
{
    struct text rest = text_of(ctl->values[CTL_SIGNATURE_VERSIONS]);

    if (rest.len > 0)
        project->versions.count = 0;
    while (rest.len > 0) {
        struct text one = text_up_to(rest, ',');
        struct text hash = text_up_to(one, ':');
        struct text encoding = text_after(one, hash.len);
        struct project_version version;

        if (project->versions.count == PROJECT_VERSIONS_MAX) {
            faults_add(&ctl->faults, "--signature-versions",
                       "--signature-versions must be 1 to %d versions", PROJECT_VERSIONS_MAX);
            return RC_INVALID;
        }
        if (!project_hash_named(hash, &version.hash) ||
            !project_encoding_named(encoding, &version.encoding)) {
            faults_add(&ctl->faults, "--signature-versions",
                       "version %zu of --signature-versions must be SHA256 or SHA512 with :hex or "
                       ":base64, commas between",
                       project->versions.count + 1);
            return RC_INVALID;
        }
        project->versions.list[project->versions.count++] = version;
        rest = text_after(rest, one.len);
    }
    return RC_OK;
}

enum rc ctl_signature_settings(struct ctl *ctl, struct project *project)
{
    if (ctl->values[CTL_SIGNATURE_HEADER] != NULL)
        project->signature_header = text_of(ctl->values[CTL_SIGNATURE_HEADER]);
    return ctl->values[CTL_SIGNATURE_VERSIONS] != NULL ? read_versions(ctl, project) : RC_OK;
}
