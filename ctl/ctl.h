/* ctl: what hookrollctl's commands share. One thread. */
#ifndef HOOKROLL_CTL_CTL_H
#define HOOKROLL_CTL_CTL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/history.h"
#include "domain/uid.h"
#include "serve/config.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* Each command says which it takes. */
enum ctl_option {
    CTL_CONFIG,
    CTL_STORE,
    CTL_MASTER_KEY,
    CTL_PROJECT,
    CTL_ENDPOINT,
    CTL_KEY,
    CTL_NAME,
    CTL_URL,
    CTL_OWNER_ID,
    CTL_SCOPES,
    CTL_EXPIRES_IN,
    CTL_EXPIRATION,
    CTL_CREATED_BEFORE,
    CTL_SECRET_FILE,
    CTL_INPUT,
    CTL_DEFAULT_GRACE,
    CTL_MAX_GRACE,
    CTL_MAX_SIGNING_SECRETS,
    CTL_LIMIT,
    CTL_REASON,
    CTL_SECRET_ID,
    CTL_SIGNATURE_HEADER,
    CTL_SIGNATURE_VERSIONS,
    CTL_PAYLOAD,
    CTL_HEADERS,
    CTL_MESSAGE_ID,
    CTL_TIMESTAMP,
    CTL_TOLERANCE,
    CTL_VALUES,            /* how many take a value; the others follow */
    CTL_JSON = CTL_VALUES, /* as JSON, not for people */
    CTL_SHOW_SECRETS,
    CTL_COMPACT,
    CTL_IN_GRACE,
    CTL_UNVERIFIED,
    CTL_OPTIONS /* how many */
};

struct ctl {
    uint64_t given;                 /* options, as bits */
    const char *values[CTL_VALUES]; /* as given, or NULL; borrowed from argv */
    struct text files[CTL_VALUES];  /* what is in the files that they name */
    bool json;
    bool show_secrets;
    bool compact;
    bool in_grace;
    bool unverified;
    int64_t now; /* ms; once all files had been read */
    struct config config;
    struct store *store; /* open, but for commands that make it or may do without */
    bool unopened;       /* it is not, though it was tried */
    struct arena arena;
    struct buf out;       /* becomes standard output when the command succeeds */
    bool partial;         /* out does also when it fails: a part of it was done */
    struct faults faults; /* why RC_INVALID */
    char why[256];        /* why any other result, where the command knows it */
};

/* The commands. Each fills ctl->out and says in its result, and with
 * RC_INVALID in ctl->faults, otherwise in ctl->why, how it went. */
enum rc ctl_init(struct ctl *ctl);
enum rc ctl_master_key_add(struct ctl *ctl);
enum rc ctl_reseal(struct ctl *ctl);
enum rc ctl_project_create(struct ctl *ctl);
enum rc ctl_project_list(struct ctl *ctl);
enum rc ctl_project_update(struct ctl *ctl);
enum rc ctl_project_roll(struct ctl *ctl);
enum rc ctl_key_create(struct ctl *ctl);
enum rc ctl_key_list(struct ctl *ctl);
enum rc ctl_key_revoke(struct ctl *ctl);
enum rc ctl_endpoint_create(struct ctl *ctl);
enum rc ctl_endpoint_get(struct ctl *ctl);
enum rc ctl_endpoint_list(struct ctl *ctl);
enum rc ctl_endpoint_update(struct ctl *ctl);
enum rc ctl_endpoint_delete(struct ctl *ctl);
enum rc ctl_endpoint_pause(struct ctl *ctl);
enum rc ctl_endpoint_activate(struct ctl *ctl);
enum rc ctl_roll(struct ctl *ctl);
enum rc ctl_revoke(struct ctl *ctl);
enum rc ctl_secrets(struct ctl *ctl);
enum rc ctl_history(struct ctl *ctl);
enum rc ctl_metrics(struct ctl *ctl);
enum rc ctl_sign(struct ctl *ctl);
enum rc ctl_verify(struct ctl *ctl);

/* ctl_actor: this tool as who asks for a change. */
struct actor ctl_actor(const struct ctl *ctl);

/* ctl_open: opens the store that the settings name. */
RC_CHECK enum rc ctl_open(struct ctl *ctl);

/* ctl_flush: writes ctl->out to standard output and empties it; false when it cannot be
 * written, and ctl->out stays. For commands that tell of what they do while they do it. */
bool ctl_flush(struct ctl *ctl);

/* --- args.c --- */

/* ctl_name: how an option is written, "--project". */
const char *ctl_name(enum ctl_option option);

/* ctl_option_named: which option has this name; CTL_OPTIONS when none has. Names are not to be
 * cut short: "--secret" must not pass for "--secret-file". */
enum ctl_option ctl_option_named(struct text name);

/* ctl_uid: the option's value as a uid. RC_INVALID with a fault. */
RC_CHECK enum rc ctl_uid(struct ctl *ctl, enum ctl_option option, struct uid *out);

/* ctl_ids: --project and --endpoint. RC_INVALID with faults. */
RC_CHECK enum rc ctl_ids(struct ctl *ctl, struct uid *project, struct uid *endpoint);

/* ctl_integer: the option's value; *out keeps its value when it was not given. RC_INVALID with a
 * fault that names the option's range, unless that is the project's to say. */
RC_CHECK enum rc ctl_integer(struct ctl *ctl, enum ctl_option option, int64_t *out);

/* ctl_signature_settings: --signature-header and --signature-versions; what is not given
 * stays. RC_INVALID with faults. */
RC_CHECK enum rc ctl_signature_settings(struct ctl *ctl, struct project *project);

/* --- inputs.c --- */

/* ctl_taken_twice: the option that names standard input as another does already, which would leave
 * it nothing; or NULL. */
const char *ctl_taken_twice(const struct ctl *ctl);

/* ctl_read_files: fills ctl->files, from the arena, with the whole of each; "-" is standard input.
 * RC_NOT_FOUND, RC_SYSTEM, RC_TOO_LARGE with ctl->why, which names the file, unless a secret may
 * stand in its place. */
RC_CHECK enum rc ctl_read_files(struct ctl *ctl);

/* ctl_secret: the value in --secret-file; *secret keeps its own without one. RC_INVALID with a
 * fault. */
RC_CHECK enum rc ctl_secret(struct ctl *ctl, struct text *secret);

/* --- explain.c --- */

/* ctl_explain_missing: with RC_NOT_FOUND, that there is no such `what`, "endpoint". */
void ctl_explain_missing(struct ctl *ctl, enum rc rc, const char *what);

/* ctl_print_fault: to standard error. Where a member of the API is at fault, which is an option
 * here, or the body, which is the input, that is what it names. */
void ctl_print_fault(const struct ctl *ctl, const struct fault *fault);

/* --- endpoint_view.c --- */

struct endpoint_json_view;

/* ctl_view: what may be shown of endpoints: those secrets that can sign now, and their values where
 * --show-secrets is given. */
struct endpoint_json_view ctl_view(const struct ctl *ctl);

/* ctl_print_endpoint: as JSON or for people. */
void ctl_print_endpoint(struct ctl *ctl, const struct endpoint *endpoint,
                        const struct endpoint_json_view *view);

/* --- table.c --- */

/* ctl_cell: appends `t`, padded to `width` columns of bytes, and two spaces;
 * control characters become '?', so that no name can steer a terminal. */
void ctl_cell(struct ctl *ctl, int width, struct text t);
void ctl_cell_uid(struct ctl *ctl, const struct uid *uid);
/* ctl_cell_moment: INT64_MAX as "-". */
void ctl_cell_moment(struct ctl *ctl, int64_t moment);
void ctl_cell_integer(struct ctl *ctl, int width, int64_t value);
/* ctl_row: ends the row. */
void ctl_row(struct ctl *ctl);

#endif
