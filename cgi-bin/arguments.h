/* arguments: the responder's command line, as hookroll.fcgi(8) has it. One thread at a time. */
#ifndef HOOKROLL_CGI_BIN_ARGUMENTS_H
#define HOOKROLL_CGI_BIN_ARGUMENTS_H

#include "base/rc.h"
#include "serve/config.h"

/* Options that stand above the file's settings. */
enum arguments_override {
    ARGUMENTS_LISTEN,
    ARGUMENTS_WORKERS,
    ARGUMENTS_MASTER_KEY,
    ARGUMENTS_LOG_LEVEL,
    ARGUMENTS_OVERRIDES /* how many */
};

enum arguments_task {
    ARGUMENTS_SERVE,
    ARGUMENTS_CHECK,
    ARGUMENTS_CHECK_START,
    ARGUMENTS_SHOW
};

/* Starts as {0} with `all`. */
struct arguments {
    char *const *all;
    const char *config;                      /* file, or NULL: none was named */
    const char *values[ARGUMENTS_OVERRIDES]; /* as given, or NULL */
    enum arguments_task task;
};

/* arguments_parse: ends the program after --help and --version, and where they are wrong. */
void arguments_parse(int argc, char **argv, struct arguments *arguments);

/* arguments_settings: the file's, and the options above them. RC_NOT_FOUND without the file,
 * RC_INVALID, RC_SYSTEM; all that is wrong with either is logged. */
RC_CHECK enum rc arguments_settings(const struct arguments *arguments, struct config *config);

/* arguments_check: whether what the settings name is there and may be used, which opens no store;
 * logged. */
RC_CHECK enum rc arguments_check(const struct config *config);

/* arguments_show: every setting as it is in force, to standard output. RC_NO_MEMORY, RC_SYSTEM. */
RC_CHECK enum rc arguments_show(const struct config *config);

#endif
