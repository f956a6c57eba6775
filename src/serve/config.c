/* config: one table of settings; reading a file against it. */
#include "serve/config.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum kind {
    KIND_TEXT,
    KIND_INTEGER,
    KIND_MODE, /* octal */
    KIND_LEVEL
};

struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
    int64_t min; /* of integers */
    int64_t max;
};

enum {
    LINE_MAX_BYTES = 2048,
    FILE_MAX = 65536
};

static const struct setting settings[] = {
    {"store", KIND_TEXT, offsetof(struct config, store), 0, 0},
    {"master_key", KIND_TEXT, offsetof(struct config, master_key), 0, 0},
    {"listen", KIND_TEXT, offsetof(struct config, listen), 0, 0},
    {"listen_mode", KIND_MODE, offsetof(struct config, listen_mode), 0, 0777},
    {"workers", KIND_INTEGER, offsetof(struct config, workers), 1, 512},
    {"max_body", KIND_INTEGER, offsetof(struct config, max_body), 1024, 64 * 1024 * 1024},
    {"log_level", KIND_LEVEL, offsetof(struct config, log_level), 0, 0},
};

static const char *const levels[] = {
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};

const char *config_default(void)
{
    return HOOKROLL_SYSCONFDIR "/hookroll/hookroll.conf";
}

void config_init(struct config *config)
{
    *config = (struct config){.store = HOOKROLL_LOCALSTATEDIR "/lib/hookroll",
                              .master_key = HOOKROLL_SYSCONFDIR "/hookroll/master.key",
                              .listen_mode = 0660,
                              .workers = 16,
                              .max_body = 4 * 1024 * 1024,
                              .log_level = LOG_LEVEL_INFO};
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

static bool set_level(struct text value, enum log_level *out)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (text_is(value, levels[i])) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}

/* False, with what was expected in `expected`. */
static bool set(struct config *config, const struct setting *setting, struct text value,
                char *expected, size_t size)
{
    void *at = (char *)config + setting->offset;

    switch (setting->kind) {
    case KIND_TEXT:
        (void)snprintf(expected, size, "1 to %d bytes", CONFIG_PATH_SIZE - 1);
        return value.len > 0 && text_copy(value, at, CONFIG_PATH_SIZE);
    case KIND_INTEGER:
        (void)snprintf(expected, size, "an integer from %" PRId64 " to %" PRId64, setting->min,
                       setting->max);
        return set_integer(value, setting, at);
    case KIND_MODE:
        (void)snprintf(expected, size, "an octal mode such as 0660");
        return set_mode(value, setting, at);
    case KIND_LEVEL:
        (void)snprintf(expected, size, "error, warn, info or debug");
        return set_level(value, at);
    }
    return false;
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
    char expected[64];

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
    if (set(config, setting, value, expected, sizeof expected))
        return true;
    (void)snprintf(why, size, "%s must be %s", setting->name, expected);
    return false;
}

/* Reads the file, up to one byte more than settings may have. */
static enum rc read_whole(const char *path, char *text, size_t *len, char *error)
{
    FILE *file = fopen(path, "re");
    enum rc rc = RC_OK;

    if (file == NULL) {
        (void)snprintf(error, CONFIG_ERROR_SIZE, "%s: %s", path, strerror(errno));
        return errno == ENOENT ? RC_NOT_FOUND : RC_SYSTEM;
    }
    *len = fread(text, 1, FILE_MAX + 1, file);
    if (ferror(file)) {
        (void)snprintf(error, CONFIG_ERROR_SIZE, "%s: cannot be read", path);
        rc = RC_SYSTEM;
    }
    (void)fclose(file);
    return rc;
}

static enum rc read_lines(struct text rest, const char *path, struct config *config, char *error)
{
    unsigned seen = 0;

    for (int number = 1; rest.len > 0; number++) {
        struct text line = text_up_to(rest, '\n');
        char why[256] = "the line is too long";

        if (line.len > LINE_MAX_BYTES || !read_line(config, line, &seen, why, sizeof why)) {
            (void)snprintf(error, CONFIG_ERROR_SIZE, "%s, line %d: %s", path, number, why);
            return RC_INVALID;
        }
        rest = text_after(rest, line.len);
    }
    return RC_OK;
}

enum rc config_load(const char *path, struct config *config, char error[CONFIG_ERROR_SIZE])
{
    char text[FILE_MAX + 1];
    struct config loaded;
    size_t len = 0;
    enum rc rc = read_whole(path, text, &len, error);

    config_init(config);
    config_init(&loaded);
    if (rc == RC_OK)
        rc = read_lines((struct text){text, len}, path, &loaded, error);
    if (rc == RC_OK && len > FILE_MAX) {
        (void)snprintf(error, CONFIG_ERROR_SIZE, "%s: is larger than %d bytes", path, FILE_MAX);
        rc = RC_INVALID;
    }
    if (rc == RC_OK)
        *config = loaded;
    return rc;
}
