/* arguments: the options, what they do to the settings, and the tasks that end with them. */
#include "arguments.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/store.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    EXIT_USAGE = 2,
    SHOWN_MAX = 1024 * 1024 /* bytes of all settings */
};

static const char usage[] =
    "usage: hookroll.fcgi [OPTION ...]\n"
    "FastCGI responder for rolling webhook signing secrets. Serves the socket that\n"
    "its web server or spawner left on descriptor 0, or the address that its settings\n"
    "name; started as a CGI program, it answers that one request.\n"
    "  -c, --config FILE      settings (default: $HOOKROLL_CONFIG, or\n"
    "                         " HOOKROLL_SYSCONFDIR "/hookroll/hookroll.conf)\n"
    "      --check-config     say what is wrong with the settings, or that the store or the key\n"
    "                         file that they name is missing or may not be used, and end\n"
    "      --check-start      open the store with the key, as when starting, and end\n"
    "      --show-config      show every setting, explained, as it is in force, and end\n"
    "      --listen ADDRESS   in place of the setting listen\n"
    "      --workers N        in place of the setting workers\n"
    "      --master-key FILE  in place of the setting master_key\n"
    "      --log-level LEVEL  in place of the setting log_level\n"
    "  -h, --help             show this\n"
    "  -V, --version          show the version\n";

static const struct {
    const char *option;
    const char *setting;
} overridden[ARGUMENTS_OVERRIDES] = {
    [ARGUMENTS_LISTEN] = {"--listen", "listen"},
    [ARGUMENTS_WORKERS] = {"--workers", "workers"},
    [ARGUMENTS_MASTER_KEY] = {"--master-key", "master_key"},
    [ARGUMENTS_LOG_LEVEL] = {"--log-level", "log_level"},
};

void arguments_parse(int argc, char **argv, struct arguments *arguments)
{
    enum {
        FIRST_OVERRIDE = 256 /* beyond every letter */
    };
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"check-config", no_argument, NULL, 'k'},
        {"check-start", no_argument, NULL, 't'},
        {"show-config", no_argument, NULL, 's'},
        {"listen", required_argument, NULL, FIRST_OVERRIDE + ARGUMENTS_LISTEN},
        {"workers", required_argument, NULL, FIRST_OVERRIDE + ARGUMENTS_WORKERS},
        {"master-key", required_argument, NULL, FIRST_OVERRIDE + ARGUMENTS_MASTER_KEY},
        {"log-level", required_argument, NULL, FIRST_OVERRIDE + ARGUMENTS_LOG_LEVEL},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "c:hV", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            arguments->config = optarg;
            break;
        case 'k':
            arguments->task = ARGUMENTS_CHECK;
            break;
        case 't':
            arguments->task = ARGUMENTS_CHECK_START;
            break;
        case 's':
            arguments->task = ARGUMENTS_SHOW;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        case 'V':
            (void)puts("hookroll " HOOKROLL_VERSION);
            exit(EXIT_SUCCESS);
        case '?':
            (void)fputs(usage, stderr);
            exit(EXIT_USAGE);
        default:
            arguments->values[option - FIRST_OVERRIDE] = optarg;
        }
    }
    if (optind < argc) {
        (void)fputs(usage, stderr);
        exit(EXIT_USAGE);
    }
}

static void log_errors(const struct config_errors *errors)
{
    size_t told = errors->count < CONFIG_ERRORS_MAX ? errors->count : CONFIG_ERRORS_MAX;

    for (size_t i = 0; i < told; i++)
        log_error("%s", errors->list[i]);
    if (errors->count > told)
        log_error("%zu more errors are in the settings", errors->count - told);
}

enum rc arguments_settings(const struct arguments *arguments, struct config *config)
{
    const char *path = arguments->config;
    struct config_errors errors = {0};
    enum rc rc;

    if (path == NULL)
        path = getenv("HOOKROLL_CONFIG");
    rc = config_load(path != NULL ? path : config_default(), config, &errors);
    for (size_t i = 0; i < ARGUMENTS_OVERRIDES; i++)
        if (arguments->values[i] != NULL &&
            config_override(config, overridden[i].setting, overridden[i].option,
                            arguments->values[i], &errors) != RC_OK)
            rc = RC_INVALID;
    log_errors(&errors);
    return rc;
}

enum rc arguments_check(const struct config *config)
{
    const struct store_options options = {config->store, config->master_key, 0};
    enum rc rc = crypto_init();

    return rc == RC_OK ? store_probe(&options) : rc;
}

enum rc arguments_show(const struct config *config)
{
    struct buf shown;
    enum rc rc;

    buf_init(&shown, SHOWN_MAX);
    config_show(config, &shown);
    rc = buf_status(&shown);
    if (rc == RC_OK && (fwrite(shown.data, shown.len, 1, stdout) != 1 || fflush(stdout) != 0)) {
        log_error("the settings cannot be written to standard output");
        rc = RC_SYSTEM;
    }
    buf_free(&shown);
    return rc;
}
