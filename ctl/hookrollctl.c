/* hookrollctl: the operator's tool: finds the command, opens the store, prints
 * what the command made or the one line that says why not. */
#include "api/exposition.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/process.h"
#include "ctl.h"
#include "store/metrics.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXIT_USAGE = 2,
    EXIT_NOT_FOUND = 3,
    EXIT_REFUSED = 4,
    EXIT_UNSAID = 5,
    ARENA_MAX = 16 * 1024 * 1024,
    OUT_MAX = 1024 * 1024 * 1024
};

static const char usage[] =
    "usage: hookrollctl COMMAND [OPTION ...], or hookrollctl [COMMAND] --help, or --version\n"
    "\n";

/* Behind the commands. */
static const char notes[] =
    "\n"
    "SETTING: --default-grace S, --max-grace S, --max-signing-secrets N,\n"
    "--signature-header NAME, --signature-versions LIST (such as SHA256:hex,SHA512:base64).\n"
    "Every command takes --json, and where the store is: --config FILE (default:\n"
    "$HOOKROLL_CONFIG, or " HOOKROLL_SYSCONFDIR "/hookroll/hookroll.conf), or\n"
    "--store DIR and --master-key FILE. S is a number of seconds, T a time of RFC 3339.\n"
    "FILE may be -, standard input. --input takes the JSON that POST .../endpoints takes.\n"
    "Scopes: project_admin (the default, all of them), endpoints:read,\n"
    "endpoints:write, secrets:roll, secrets:read, keys:write, project:write,\n"
    "history:read, sign.\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused,\n"
    "5 done, but standard output could not be written.\n";

#define TAKES(option) (UINT64_C(1) << (option))

#define SETTINGS                                                                                   \
    (TAKES(CTL_DEFAULT_GRACE) | TAKES(CTL_MAX_GRACE) | TAKES(CTL_MAX_SIGNING_SECRETS) |            \
     TAKES(CTL_SIGNATURE_HEADER) | TAKES(CTL_SIGNATURE_VERSIONS))
#define ONE_ENDPOINT (TAKES(CTL_PROJECT) | TAKES(CTL_ENDPOINT))
#define MEMBERS      (TAKES(CTL_NAME) | TAKES(CTL_URL) | TAKES(CTL_OWNER_ID) | TAKES(CTL_INPUT))
#define SHOWN        TAKES(CTL_SHOW_SECRETS) /* of commands that print endpoints */

/* Begins a further line of a synopsis. */
#define INDENT "\n                    "

/* Begins what is said of a command that takes nothing: behind what others take. */
#define ABOUT "                        "

/* What a command works on. */
enum place {
    ON_STORE,   /* which is open when it runs */
    ON_NOTHING, /* it makes the store, or looks at none */
    ON_SECRETS  /* of an endpoint, for which it opens the store, or the one in a file */
};

struct command {
    const char *noun;
    const char *verb; /* NULL: the noun is the whole command */
    enum rc (*run)(struct ctl *ctl);
    const char *synopsis;
    uint64_t needs; /* options, as bits */
    uint64_t takes; /* beside those */
    enum place place;
};

static const struct command commands[] = {
    {"init", NULL, ctl_init, ABOUT "make the store and its master key", 0, 0, ON_NOTHING},
    {"master-key", "add", ctl_master_key_add, ABOUT "put a new key before those of the key file", 0,
     0, ON_NOTHING},
    {"reseal", NULL, ctl_reseal, ABOUT "seal everything with its first key", 0, 0, ON_STORE},
    {"project", "create", ctl_project_create, "--name NAME [SETTING ...]", TAKES(CTL_NAME),
     SETTINGS, ON_STORE},
    {"project", "update", ctl_project_update, "--project ID [--name NAME] [SETTING ...]",
     TAKES(CTL_PROJECT), TAKES(CTL_NAME) | SETTINGS, ON_STORE},
    {"project", "roll", ctl_project_roll,
     "--project ID [--owner-id ID] [--expiration S] [--created-before T]" INDENT "[--reason TEXT]",
     TAKES(CTL_PROJECT),
     TAKES(CTL_OWNER_ID) | TAKES(CTL_EXPIRATION) | TAKES(CTL_CREATED_BEFORE) | TAKES(CTL_REASON),
     ON_STORE},
    {"project", "list", ctl_project_list, "", 0, 0, ON_STORE},
    {"key", "create", ctl_key_create,
     "--project ID [--name NAME] [--scopes LIST] [--owner-id ID]" INDENT "[--expires-in S]",
     TAKES(CTL_PROJECT),
     TAKES(CTL_NAME) | TAKES(CTL_SCOPES) | TAKES(CTL_OWNER_ID) | TAKES(CTL_EXPIRES_IN), ON_STORE},
    {"key", "list", ctl_key_list, "--project ID", TAKES(CTL_PROJECT), 0, ON_STORE},
    {"key", "revoke", ctl_key_revoke, "--key ID", TAKES(CTL_KEY), 0, ON_STORE},
    {"endpoint", "create", ctl_endpoint_create,
     "--project ID (--name NAME --url URL [--owner-id ID] | --input FILE)" INDENT
     "[--secret-file FILE] [--show-secrets]",
     TAKES(CTL_PROJECT), MEMBERS | TAKES(CTL_SECRET_FILE) | SHOWN, ON_STORE},
    {"endpoint", "get", ctl_endpoint_get, "--project ID --endpoint ID [--show-secrets]",
     ONE_ENDPOINT, SHOWN, ON_STORE},
    {"endpoint", "list", ctl_endpoint_list, "--project ID [--limit N] [--show-secrets]",
     TAKES(CTL_PROJECT), TAKES(CTL_LIMIT) | SHOWN, ON_STORE},
    {"endpoint", "update", ctl_endpoint_update,
     "--project ID --endpoint ID [--name NAME] [--url URL]" INDENT
     "[--owner-id ID] [--input FILE] [--show-secrets]",
     ONE_ENDPOINT, MEMBERS | SHOWN, ON_STORE},
    {"endpoint", "pause", ctl_endpoint_pause, "--project ID --endpoint ID [--show-secrets]",
     ONE_ENDPOINT, SHOWN, ON_STORE},
    {"endpoint", "activate", ctl_endpoint_activate,
     "--project ID --endpoint ID [--show-secrets]  (resumes)", ONE_ENDPOINT, SHOWN, ON_STORE},
    {"endpoint", "delete", ctl_endpoint_delete,
     "--project ID --endpoint ID          (its history stays)", ONE_ENDPOINT, 0, ON_STORE},
    {"roll", NULL, ctl_roll,
     "--project ID --endpoint ID [--expiration S] [--secret-file FILE]" INDENT
     "[--reason TEXT] [--show-secrets]",
     ONE_ENDPOINT, TAKES(CTL_EXPIRATION) | TAKES(CTL_SECRET_FILE) | TAKES(CTL_REASON) | SHOWN,
     ON_STORE},
    {"revoke", NULL, ctl_revoke,
     "--project ID --endpoint ID --secret-id ID [--reason TEXT]" INDENT "[--show-secrets]",
     ONE_ENDPOINT | TAKES(CTL_SECRET_ID), TAKES(CTL_REASON) | SHOWN, ON_STORE},
    {"secrets", NULL, ctl_secrets,
     "--project ID [--in-grace] [--unverified] [--created-before T]" INDENT "[--limit N]",
     TAKES(CTL_PROJECT),
     TAKES(CTL_IN_GRACE) | TAKES(CTL_UNVERIFIED) | TAKES(CTL_CREATED_BEFORE) | TAKES(CTL_LIMIT),
     ON_STORE},
    {"history", NULL, ctl_history, "--project ID [--endpoint ID] [--limit N]", TAKES(CTL_PROJECT),
     TAKES(CTL_ENDPOINT) | TAKES(CTL_LIMIT), ON_STORE},
    {"sign", NULL, ctl_sign,
     "--project ID --endpoint ID --payload FILE [--message-id ID]" INDENT
     "[--timestamp S] [--compact]",
     ONE_ENDPOINT | TAKES(CTL_PAYLOAD),
     TAKES(CTL_MESSAGE_ID) | TAKES(CTL_TIMESTAMP) | TAKES(CTL_COMPACT), ON_STORE},
    {"verify", NULL, ctl_verify,
     "(--project ID --endpoint ID | --secret-file FILE) --payload FILE" INDENT
     "--headers FILE [--tolerance S] [--signature-header NAME]" INDENT
     "[--signature-versions LIST]",
     TAKES(CTL_PAYLOAD) | TAKES(CTL_HEADERS),
     ONE_ENDPOINT | TAKES(CTL_SECRET_FILE) | TAKES(CTL_TOLERANCE) | TAKES(CTL_SIGNATURE_HEADER) |
         TAKES(CTL_SIGNATURE_VERSIONS),
     ON_SECRETS},
    {"metrics", NULL, ctl_metrics, ABOUT "all counts, as Prometheus reads them", 0, 0, ON_STORE},
};

enum {
    COMMANDS = sizeof commands / sizeof commands[0]
};

/* The last cause that a lower floor logged: it becomes part of the one line. */
static char cause[CONFIG_ERROR_SIZE];

static void keep_cause(enum log_level level, const char *message)
{
    if (level <= LOG_LEVEL_WARN)
        (void)snprintf(cause, sizeof cause, "%s", message);
}

static int fail_usage(const char *what, const char *which)
{
    (void)fprintf(stderr, "hookrollctl: %s%s (see hookrollctl --help)\n", what, which);
    return EXIT_USAGE;
}

/* Of a word that is no option: it is not repeated, as it might be a secret that slipped into the
 * command line. `at` counts the words behind the program's name. */
static int fail_word(const char *what, int at)
{
    char number[16];

    (void)snprintf(number, sizeof number, "%d", at);
    return fail_usage(what, number);
}

static int words_of(const struct command *command)
{
    return command->verb != NULL ? 2 : 1;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Ends the program with what these take: one command, all of a noun, or all. Returns only when the
 * noun has none. */
static void help(const struct command *only, const char *noun)
{
    bool begun = false;

    for (size_t i = 0; i < COMMANDS; i++) {
        const struct command *command = &commands[i];
        char name[32];

        if ((only != NULL && only != command) || (noun != NULL && strcmp(noun, command->noun) != 0))
            continue;
        (void)snprintf(name, sizeof name, "%s %s", command->noun,
                       command->verb != NULL ? command->verb : "");
        (void)printf("%s  %-*s%s\n", begun ? "" : usage, command->synopsis[0] != '\0' ? 18 : 0,
                     name, command->synopsis);
        begun = true;
    }
    if (begun)
        exit(fputs(notes, stdout) < 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

static const struct command *find(int *argc, char ***argv)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct command *command = &commands[i];
        int words = words_of(command);

        if (*argc < words + 1 || strcmp((*argv)[1], command->noun) != 0 ||
            (words == 2 && strcmp((*argv)[2], command->verb) != 0))
            continue;
        *argc -= words;
        *argv += words;
        return command;
    }
    return NULL;
}

static void set_flag(struct ctl *ctl, enum ctl_option option)
{
    ctl->json = ctl->json || option == CTL_JSON;
    ctl->show_secrets = ctl->show_secrets || option == CTL_SHOW_SECRETS;
    ctl->compact = ctl->compact || option == CTL_COMPACT;
    ctl->in_grace = ctl->in_grace || option == CTL_IN_GRACE;
    ctl->unverified = ctl->unverified || option == CTL_UNVERIFIED;
}

/* Takes the option at argv[*i], and its value; 0, or the exit status after a message. */
static int take_option(int argc, char **argv, int *i, const struct command *command,
                       struct ctl *ctl)
{
    const uint64_t always =
        TAKES(CTL_JSON) | TAKES(CTL_CONFIG) | TAKES(CTL_STORE) | TAKES(CTL_MASTER_KEY);
    char *word = argv[*i];
    char *equals = strchr(word, '=');
    struct text name = {word, equals != NULL ? (size_t)(equals - word) : strlen(word)};
    enum ctl_option option = ctl_option_named(name);

    if (option == CTL_OPTIONS)
        return fail_word("unknown option in argument ", *i + words_of(command));
    if (((always | command->needs | command->takes) & TAKES(option)) == 0)
        return fail_usage("this command does not take ", ctl_name(option));
    if (option >= CTL_VALUES && equals != NULL)
        return fail_usage("there is no value to give for ", ctl_name(option));
    if (option < CTL_VALUES && equals == NULL && *i + 1 == argc)
        return fail_usage("no value for ", ctl_name(option));
    if ((ctl->given & TAKES(option)) != 0)
        return fail_usage(ctl_name(option), " is given twice");
    ctl->given |= TAKES(option);
    if (option >= CTL_VALUES)
        set_flag(ctl, option);
    else
        ctl->values[option] = equals != NULL ? equals + 1 : argv[++*i];
    return 0;
}

/* 0, or the exit status after a message. */
static int check_needs(const struct command *command, const struct ctl *ctl)
{
    const bool endpoint = (ctl->given & ONE_ENDPOINT) != 0;
    const bool alone = (ctl->given & TAKES(CTL_SECRET_FILE)) != 0;
    uint64_t needs = command->needs;

    if (command->place == ON_SECRETS && endpoint == alone)
        return fail_usage(endpoint ? "not both, " : "missing ",
                          "--project and --endpoint, or --secret-file");
    if (command->run == ctl_endpoint_list && ctl->show_secrets && !ctl->json)
        return fail_usage("--show-secrets of a list needs ", ctl_name(CTL_JSON));
    if (command->place == ON_SECRETS && endpoint)
        needs |= ONE_ENDPOINT;
    for (int i = 0; i < CTL_VALUES; i++)
        if ((needs & TAKES(i) & ~ctl->given) != 0)
            return fail_usage("missing ", ctl_name((enum ctl_option)i));
    return 0;
}

/* 0, or the exit status after a message. */
static int parse(int argc, char **argv, const struct command *command, struct ctl *ctl)
{
    const char *twice;

    for (int i = 1; i < argc; i++) {
        int status;

        if (is_help(argv[i]))
            help(command, NULL);
        if (strncmp(argv[i], "--", 2) != 0)
            return fail_word("unexpected argument ", i + words_of(command));
        status = take_option(argc, argv, &i, command, ctl);
        if (status != 0)
            return status;
    }
    if (check_needs(command, ctl) != 0)
        return EXIT_USAGE;
    twice = ctl_taken_twice(ctl);
    return twice == NULL ? 0 : fail_usage("standard input is taken already, not for ", twice);
}

static enum rc override(struct ctl *ctl, enum ctl_option option, const char *setting,
                        struct config_errors *errors)
{
    const char *value = ctl->values[option];

    return value == NULL ? RC_OK
                         : config_override(&ctl->config, setting, ctl_name(option), value, errors);
}

/* The settings file, and above it what the options say. */
static enum rc configure(struct ctl *ctl)
{
    const char *path = ctl->values[CTL_CONFIG];
    struct config_errors errors = {0};
    enum rc rc = RC_OK;
    bool named;

    if (path == NULL)
        path = getenv("HOOKROLL_CONFIG");
    named = path != NULL;
    config_init(&ctl->config);
    if (named || ctl->values[CTL_STORE] == NULL || ctl->values[CTL_MASTER_KEY] == NULL)
        rc = config_load(named ? path : config_default(), &ctl->config, &errors);
    /* Without a file the factory settings do, unless one was asked for. */
    if (rc == RC_NOT_FOUND && !named) {
        errors.count = 0;
        rc = RC_OK;
    }
    if (rc == RC_OK)
        rc = override(ctl, CTL_STORE, "store", &errors);
    if (rc == RC_OK)
        rc = override(ctl, CTL_MASTER_KEY, "master_key", &errors);
    if (errors.count > 0)
        (void)snprintf(cause, sizeof cause, "%s", errors.list[0]);
    return rc == RC_NOT_FOUND ? RC_SYSTEM : rc;
}

struct actor ctl_actor(const struct ctl *ctl)
{
    return (struct actor){ctl->now, UID_NONE, text_of("hookrollctl")};
}

enum rc ctl_open(struct ctl *ctl)
{
    struct store_options options = {ctl->config.store, ctl->config.master_key, 0};
    enum rc rc;

    /* Stopped from the terminal while it writes, it would have all others wait that write to the
     * store, and so all rolls of the responder. */
    (void)signal(SIGTSTP, SIG_IGN);
    rc = store_open(&options, &ctl->store);
    if (rc == RC_OK) {
        exposition_open(ctl->config.store);
        cause[0] = '\0'; /* that something cannot be counted stops no command */
    }
    ctl->unopened = rc != RC_OK;
    /* No store at all is a failure; "not found" is what a command looked for. */
    return rc == RC_NOT_FOUND ? RC_SYSTEM : rc;
}

static enum rc run(const struct command *command, struct ctl *ctl)
{
    enum rc rc = command->place == ON_STORE ? ctl_open(ctl) : RC_OK;

    if (rc == RC_OK)
        rc = command->run(ctl);
    return rc == RC_OK ? buf_status(&ctl->out) : rc;
}

static const char *advice(enum rc rc, const struct ctl *ctl)
{
    if (rc == RC_KEY)
        return "; give the key file of this store with --master-key, as its owner";
    if (rc == RC_SYSTEM && ctl->unopened)
        return "; run hookrollctl init first, as the user that the responder runs as, or name the "
               "store with --store and --master-key";
    if (rc == RC_FULL && ctl->why[0] == '\0')
        return ctl->partial ? "; make room on the disk and repeat it"
                            : "; make room on the disk, nothing was changed";
    return "";
}

static int report(enum rc rc, const struct ctl *ctl)
{
    const char *why = ctl->why[0] != '\0' ? ctl->why : cause[0] != '\0' ? cause : rc_name(rc);

    if ((rc == RC_INVALID || rc == RC_TOO_LARGE) && ctl->faults.count > 0) {
        (void)fputs("hookrollctl: ", stderr);
        for (size_t i = 0; i < ctl->faults.count; i++) {
            (void)fputs(i > 0 ? ", " : "", stderr);
            ctl_print_fault(ctl, &ctl->faults.list[i]);
        }
        (void)fputc('\n', stderr);
        return EXIT_REFUSED;
    }
    (void)fprintf(stderr, "hookrollctl: %s%s\n", why, advice(rc, ctl));
    if (rc == RC_NOT_FOUND || rc == RC_GONE)
        return EXIT_NOT_FOUND;
    return rc == RC_INVALID || rc == RC_CONFLICT || rc == RC_EXISTS || rc == RC_TOO_LARGE
               ? EXIT_REFUSED
               : EXIT_FAILURE;
}

bool ctl_flush(struct ctl *ctl)
{
    if ((ctl->out.len > 0 && fwrite(ctl->out.data, ctl->out.len, 1, stdout) != 1) ||
        fflush(stdout) != 0)
        return false;
    buf_reset(&ctl->out);
    return true;
}

int main(int argc, char **argv)
{
    static struct ctl ctl;
    const struct command *command;
    enum rc rc;
    int status;

    process_harden();
    log_divert(keep_cause);
    if (argc > 1 && is_help(argv[1]))
        help(NULL, NULL);
    if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
        return puts("hookroll " HOOKROLL_VERSION) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    command = find(&argc, &argv);
    if (command == NULL && argc > 2 && is_help(argv[2]))
        help(NULL, argv[1]);
    if (command == NULL)
        return fail_usage("no such command", "");
    status = parse(argc, argv, command, &ctl);
    if (status != 0)
        return status;
    arena_init(&ctl.arena, ARENA_MAX);
    buf_init(&ctl.out, OUT_MAX);
    rc = crypto_init();
    if (rc == RC_OK)
        rc = configure(&ctl);
    if (rc == RC_OK)
        rc = ctl_read_files(&ctl);
    if (rc == RC_OK) {
        ctl.now = moment_now();
        rc = run(command, &ctl);
    }
    if (rc != RC_OK) {
        if (ctl.partial)
            (void)ctl_flush(&ctl);
        status = report(rc, &ctl);
    } else if (!ctl_flush(&ctl)) {
        (void)fputs("hookrollctl: done, but standard output cannot be written\n", stderr);
        status = EXIT_UNSAID;
    }
    metrics_close();
    store_close(ctl.store);
    buf_free(&ctl.out);
    arena_free(&ctl.arena);
    return status;
}
