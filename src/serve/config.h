/* config: the settings of the responder and of the operator's tool.
 *
 * A file of "name = value" lines; empty lines and lines that begin with '#' are
 * skipped. The whole file is checked before any of it counts. */
#ifndef HOOKROLL_SERVE_CONFIG_H
#define HOOKROLL_SERVE_CONFIG_H

#include "base/log.h"
#include "base/rc.h"

#include <stdint.h>

enum {
    CONFIG_PATH_SIZE = 1024,
    CONFIG_ERROR_SIZE = 1400
};

struct config {
    char store[CONFIG_PATH_SIZE];      /* directory */
    char master_key[CONFIG_PATH_SIZE]; /* file */
    char listen[CONFIG_PATH_SIZE];     /* "unix:PATH", "HOST:PORT"; "": only what fd 0 brings */
    int64_t listen_mode;               /* of a unix socket, as chmod takes it */
    int64_t workers;                   /* threads */
    int64_t max_body;                  /* bytes of a request's body */
    enum log_level log_level;
};

/* config_default: the file that is read when none is named. */
const char *config_default(void);

/* config_init: factory settings. */
void config_init(struct config *config);

/* config_load: factory settings, and the file's above them if all of it is good. RC_NOT_FOUND
 * without the file, RC_INVALID, RC_SYSTEM; `error` then says what, where and what was expected. */
RC_CHECK enum rc config_load(const char *path, struct config *config,
                             char error[CONFIG_ERROR_SIZE]);

#endif
