/* config: the settings of the responder and of the operator's tool, as hookroll.conf(5)
 * describes them.
 *
 * A file of "name = value" lines; empty lines and lines that begin with '#' are
 * skipped. The whole file is checked before any of it counts. One thread at a time. */
#ifndef HOOKROLL_SERVE_CONFIG_H
#define HOOKROLL_SERVE_CONFIG_H

#include "base/buf.h"
#include "base/log.h"
#include "base/rc.h"
#include "serve/access.h"

#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_PATH_SIZE = 1024,
    CONFIG_ERROR_SIZE = 1400,
    CONFIG_ERRORS_MAX = 16
};

/* What, where and what was expected, an entry each. Starts as {0}. */
struct config_errors {
    size_t count; /* of all: those beyond CONFIG_ERRORS_MAX are not in the list */
    char list[CONFIG_ERRORS_MAX][CONFIG_ERROR_SIZE];
};

struct config {
    char store[CONFIG_PATH_SIZE];      /* directory */
    char master_key[CONFIG_PATH_SIZE]; /* file */
    char listen[CONFIG_PATH_SIZE];     /* "unix:PATH", "HOST:PORT"; "": only what fd 0 brings */
    int64_t listen_mode;               /* of a unix socket, as chmod takes it */
    int64_t workers;                   /* requests that are worked on at a time */
    int64_t max_body;                  /* bytes of a request's body */
    int64_t request_timeout; /* s in which a request is to come whole, and its answer to be taken */
    char metrics_token[CONFIG_PATH_SIZE]; /* file; "": GET /metrics is not there */
    enum log_level log_level;
    enum log_to log_to;
    enum access_log access_log;
};

/* config_default: the file that is read when none is named. */
const char *config_default(void);

/* config_init: factory settings. */
void config_init(struct config *config);

/* config_load: factory settings, and the file's above them if all of it is good. RC_NOT_FOUND
 * without the file, RC_INVALID, RC_SYSTEM; `errors` then gains every cause. */
RC_CHECK enum rc config_load(const char *path, struct config *config, struct config_errors *errors);

/* config_override: one setting as `option` of the command line states it, held to what holds
 * in a file. RC_INVALID when it is wrong; `errors` then gains that, and names the option. */
RC_CHECK enum rc config_override(struct config *config, const char *setting, const char *option,
                                 const char *value, struct config_errors *errors);

/* config_show: every setting, explained, as a file of settings has it; those that have their
 * factory settings are commented out. */
void config_show(const struct config *config, struct buf *out);

#endif
