/* config: one table of settings; reading a file against it, and showing what is in force. */
#include "serve/config.h"

#include "base/text.h"
#include "serve/listener.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum kind {
    KIND_TEXT,
    KIND_ADDRESS, /* or nothing */
    KIND_INTEGER,
    KIND_MODE, /* octal */
    KIND_WORD  /* one of those that go with the values of an enum */
};

struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
    int64_t min; /* of integers and modes; bytes of a text */
    int64_t max;
    const char *meaning;        /* with its unit */
    const char *const words[5]; /* NULL behind the last */
};

enum {
    LINE_MAX_BYTES = 2048,
    FILE_MAX = 65536,
    EXPECTED_SIZE = 96
};

static const struct setting settings[] = {
    {"store",
     KIND_TEXT,
     offsetof(struct config, store),
     1,
     CONFIG_PATH_SIZE - 1,
     "Directory of the data, on a local disk",
     {NULL}},
    {"master_key",
     KIND_TEXT,
     offsetof(struct config, master_key),
     1,
     CONFIG_PATH_SIZE - 1,
     "File of the master key, which its owner alone may read",
     {NULL}},
    {"listen",
     KIND_ADDRESS,
     offsetof(struct config, listen),
     0,
     0,
     "Address to serve at without a socket on descriptor 0",
     {NULL}},
    {"listen_mode",
     KIND_MODE,
     offsetof(struct config, listen_mode),
     0,
     0777,
     "Mode of the unix socket that is made at that address",
     {NULL}},
    {"workers",
     KIND_INTEGER,
     offsetof(struct config, workers),
     1,
     512,
     "Requests that are worked on at a time, at most",
     {NULL}},
    {"max_body",
     KIND_INTEGER,
     offsetof(struct config, max_body),
     1024,
     64 * 1024 * 1024,
     "Largest body of a request, in bytes",
     {NULL}},
    {"request_timeout",
     KIND_INTEGER,
     offsetof(struct config, request_timeout),
     1,
     3600,
     "Seconds in which a web server has to pass a whole request on, and to take its answer",
     {NULL}},
    {"metrics_token",
     KIND_TEXT,
     offsetof(struct config, metrics_token),
     0,
     CONFIG_PATH_SIZE - 1,
     "File of the token that GET /metrics takes, which its owner alone may read; without it the "
     "path is unknown",
     {NULL}},
    {"log_level",
     KIND_WORD,
     offsetof(struct config, log_level),
     0,
     0,
     "What is logged, with all that is more severe",
     {[LOG_LEVEL_ERROR] = "error",
      [LOG_LEVEL_WARN] = "warn",
      [LOG_LEVEL_INFO] = "info",
      [LOG_LEVEL_DEBUG] = "debug"}},
    {"log_to",
     KIND_WORD,
     offsetof(struct config, log_to),
     0,
     0,
     "Where the log goes; where nobody listens, to standard error",
     {[LOG_TO_STDERR] = "stderr", [LOG_TO_SYSLOG] = "syslog", [LOG_TO_JOURNAL] = "journal"}},
    {"access_log",
     KIND_WORD,
     offsetof(struct config, access_log),
     0,
     0,
     "Requests that get a line of level info; changes are methods other than GET and HEAD",
     {[ACCESS_LOG_ALL] = "all", [ACCESS_LOG_CHANGES] = "changes", [ACCESS_LOG_NONE] = "none"}},
};

_Static_assert(sizeof(enum log_level) == sizeof(unsigned) &&
                   sizeof(enum log_to) == sizeof(unsigned) &&
                   sizeof(enum access_log) == sizeof(unsigned),
               "words are stored alike");

const char *config_default(void)
{
    return HOOKROLL_SYSCONFDIR "/hookroll/hookroll.conf";
}

void config_init(struct config *config)
{
    *config = (struct config){.store = HOOKROLL_LOCALSTATEDIR "/lib/hookroll",
                              .master_key = HOOKROLL_SYSCONFDIR "/hookroll/master.key",
                              .listen_mode = 0660,
                              .workers = 128,
                              .max_body = 4 * 1024 * 1024,
                              .request_timeout = 60,
                              .log_level = LOG_LEVEL_INFO,
                              .log_to = LOG_TO_STDERR,
                              .access_log = ACCESS_LOG_ALL};
}

static bool set_mode(struct text value, const struct setting *setting, int64_t *out)
{
    int64_t mode = 0;

    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < '0' || value.data[i] > '7')
            return false;
        mode = mode * 8 + (value.data[i] - '0');
        if (mode > setting->max)
            return false;
    }
    *out = mode;
    return value.len > 0;
}

static bool set_integer(struct text value, const struct setting *setting, int64_t *out)
{
    int64_t n;

    if (!text_to_int64(value, &n) || n < setting->min || n > setting->max)
        return false;
    *out = n;
    return true;
}

static bool set_word(struct text value, const struct setting *setting, void *out)
{
    for (unsigned i = 0; setting->words[i] != NULL; i++)
        if (text_is(value, setting->words[i])) {
            memcpy(out, &i, sizeof i);
            return true;
        }
    return false;
}

static const char *word_of(const struct setting *setting, const void *at)
{
    unsigned i;

    memcpy(&i, at, sizeof i);
    return setting->words[i];
}

static bool set(struct config *config, const struct setting *setting, struct text value)
{
    void *at = (char *)config + setting->offset;

    switch (setting->kind) {
    case KIND_TEXT:
        return value.len >= (size_t)setting->min && text_copy(value, at, CONFIG_PATH_SIZE);
    case KIND_ADDRESS:
        return text_copy(value, at, CONFIG_PATH_SIZE) &&
               (value.len == 0 || listener_is_address(at));
    case KIND_INTEGER:
        return set_integer(value, setting, at);
    case KIND_MODE:
        return set_mode(value, setting, at);
    case KIND_WORD:
        return set_word(value, setting, at);
    }
    return false;
}

/* "one, two or three" */
static void list_words(const struct setting *setting, char out[EXPECTED_SIZE])
{
    size_t len = 0;

    for (size_t i = 0; setting->words[i] != NULL && len < EXPECTED_SIZE; i++) {
        const char *before = setting->words[i + 1] != NULL ? ", " : " or ";

        len += (size_t)snprintf(out + len, EXPECTED_SIZE - len, "%s%s", i > 0 ? before : "",
                                setting->words[i]);
    }
}

/* What `set` takes. */
static void expect(const struct setting *setting, char out[EXPECTED_SIZE])
{
    switch (setting->kind) {
    case KIND_TEXT:
        (void)snprintf(out, EXPECTED_SIZE, "%" PRId64 " to %" PRId64 " bytes", setting->min,
                       setting->max);
        break;
    case KIND_ADDRESS:
        (void)snprintf(out, EXPECTED_SIZE,
                       "unix:PATH of up to %d bytes, or HOST:PORT with a numeric host",
                       LISTENER_PATH_SIZE - 1);
        break;
    case KIND_INTEGER:
        (void)snprintf(out, EXPECTED_SIZE, "an integer from %" PRId64 " to %" PRId64, setting->min,
                       setting->max);
        break;
    case KIND_MODE:
        (void)snprintf(out, EXPECTED_SIZE, "an octal mode from 0 to %04" PRIo64,
                       (uint64_t)setting->max);
        break;
    case KIND_WORD:
        list_words(setting, out);
        break;
    }
}

/* As `set` takes it. */
static void format(const struct config *config, const struct setting *setting,
                   char out[CONFIG_PATH_SIZE])
{
    const void *at = (const char *)config + setting->offset;

    switch (setting->kind) {
    case KIND_TEXT:
    case KIND_ADDRESS:
        (void)snprintf(out, CONFIG_PATH_SIZE, "%s", (const char *)at);
        break;
    case KIND_INTEGER:
        (void)snprintf(out, CONFIG_PATH_SIZE, "%" PRId64, *(const int64_t *)at);
        break;
    case KIND_MODE:
        (void)snprintf(out, CONFIG_PATH_SIZE, "%04" PRIo64, *(const uint64_t *)at);
        break;
    case KIND_WORD:
        (void)snprintf(out, CONFIG_PATH_SIZE, "%s", word_of(setting, at));
        break;
    }
}

__attribute__((format(printf, 2, 3))) static void add_error(struct config_errors *errors,
                                                            const char *form, ...)
{
    va_list args;

    if (errors->count < CONFIG_ERRORS_MAX) {
        va_start(args, form);
        (void)vsnprintf(errors->list[errors->count], CONFIG_ERROR_SIZE, form, args);
        va_end(args);
    }
    errors->count++;
}

static const struct setting *find(struct text name)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (text_is(name, settings[i].name))
            return &settings[i];
    return NULL;
}

/* One line without its end; false with `why` filled. */
static bool read_line(struct config *config, struct text line, unsigned *seen, char *why,
                      size_t size)
{
    const struct setting *setting;
    const char *equals;
    struct text name;
    struct text value;
    char expected[EXPECTED_SIZE];

    if (line.len > 0 && memchr(line.data, '\0', line.len) != NULL) {
        (void)snprintf(why, size, "a NUL byte is in it");
        return false;
    }
    line = text_trim(line);
    if (line.len == 0 || line.data[0] == '#')
        return true;
    equals = memchr(line.data, '=', line.len);
    if (equals == NULL) {
        (void)snprintf(why, size, "expected \"name = value\"");
        return false;
    }
    name = text_trim((struct text){line.data, (size_t)(equals - line.data)});
    value = text_trim((struct text){equals + 1, line.len - (size_t)(equals - line.data) - 1});
    setting = find(name);
    if (setting == NULL) {
        (void)snprintf(why, size, "unknown setting \"%.*s\"", name.len < 64 ? (int)name.len : 64,
                       name.data);
        return false;
    }
    if ((*seen & 1u << (setting - settings)) != 0) {
        (void)snprintf(why, size, "%s is set twice", setting->name);
        return false;
    }
    *seen |= 1u << (setting - settings);
    if (set(config, setting, value))
        return true;
    expect(setting, expected);
    (void)snprintf(why, size, "%s must be %s", setting->name, expected);
    return false;
}

/* Reads the file, up to one byte more than settings may have. */
static enum rc read_whole(const char *path, char *text, size_t *len, struct config_errors *errors)
{
    FILE *file = fopen(path, "re");
    enum rc rc = RC_OK;

    if (file == NULL) {
        rc = errno == ENOENT ? RC_NOT_FOUND : RC_SYSTEM;
        add_error(errors, "%s: %s", path, strerror(errno));
        return rc;
    }
    *len = fread(text, 1, FILE_MAX + 1, file);
    if (ferror(file)) {
        add_error(errors, "%s: cannot be read", path);
        rc = RC_SYSTEM;
    } else if (*len > FILE_MAX) {
        add_error(errors, "%s: is larger than %d bytes", path, FILE_MAX);
        rc = RC_INVALID;
    }
    (void)fclose(file);
    return rc;
}

static enum rc read_lines(struct text rest, const char *path, struct config *config,
                          struct config_errors *errors)
{
    unsigned seen = 0;
    enum rc rc = RC_OK;

    for (int number = 1; rest.len > 0; number++) {
        struct text line = text_up_to(rest, '\n');
        char why[256] = "the line is too long";

        if (line.len > LINE_MAX_BYTES || !read_line(config, line, &seen, why, sizeof why)) {
            add_error(errors, "%s, line %d: %s", path, number, why);
            rc = RC_INVALID;
        }
        rest = text_after(rest, line.len);
    }
    return rc;
}

enum rc config_load(const char *path, struct config *config, struct config_errors *errors)
{
    char text[FILE_MAX + 1];
    struct config loaded;
    size_t len = 0;
    enum rc rc = read_whole(path, text, &len, errors);

    config_init(config);
    config_init(&loaded);
    if (rc == RC_OK)
        rc = read_lines((struct text){text, len}, path, &loaded, errors);
    if (rc == RC_OK)
        *config = loaded;
    return rc;
}

enum rc config_override(struct config *config, const char *name, const char *option,
                        const char *value, struct config_errors *errors)
{
    const struct setting *setting = find(text_of(name));
    char expected[EXPECTED_SIZE];

    if (setting == NULL) {
        add_error(errors, "%s: unknown setting \"%s\"", option, name);
        return RC_INVALID;
    }
    /* What a line of a file could not hold is not taken here. */
    if (strchr(value, '\n') == NULL && set(config, setting, text_trim(text_of(value))))
        return RC_OK;
    expect(setting, expected);
    add_error(errors, "%s must be %s", option, expected);
    return RC_INVALID;
}

void config_show(const struct config *config, struct buf *out)
{
    struct config factory;

    config_init(&factory);
    buf_put_string(out,
                   "# hookroll's settings, see hookroll.conf(5). What is commented out has its "
                   "default.\n");
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const struct setting *setting = &settings[i];
        char expected[EXPECTED_SIZE];
        char usual[CONFIG_PATH_SIZE];
        char value[CONFIG_PATH_SIZE];

        expect(setting, expected);
        format(&factory, setting, usual);
        format(config, setting, value);
        buf_printf(out, "\n# %s: %s.\n# Default: %s\n", setting->meaning, expected,
                   usual[0] != '\0' ? usual : "none");
        buf_printf(out, "%s%s =%s%s\n", strcmp(value, usual) == 0 ? "#" : "", setting->name,
                   value[0] != '\0' ? " " : "", value);
    }
}
