/* inputs: the files that options name. All are read before the command begins: standard input may
 * be long in coming, and what is decided then is decided by the clock and the store of then. */
#include "ctl.h"
#include "domain/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of options that name files: how many bytes there may be. */
static const size_t sizes[CTL_VALUES] = {
    [CTL_SECRET_FILE] = SECRET_VALUE_MAX + 1, /* and a line end */
    [CTL_INPUT] = 512 * 1024,
    [CTL_PAYLOAD] = 4 * 1024 * 1024,
    [CTL_HEADERS] = 64 * 1024,
};

static bool names_file(const struct ctl *ctl, size_t option)
{
    return sizes[option] > 0 && ctl->values[option] != NULL;
}

const char *ctl_taken_twice(const struct ctl *ctl)
{
    bool taken = false;

    for (size_t i = 0; i < CTL_VALUES; i++) {
        if (!names_file(ctl, i) || strcmp(ctl->values[i], "-") != 0)
            continue;
        if (taken)
            return ctl_name((enum ctl_option)i);
        taken = true;
    }
    return NULL;
}

/* What --secret-file names is not repeated: it might be the secret itself. */
static void explain_file(struct ctl *ctl, enum ctl_option option, const char *why)
{
    const bool told = option != CTL_SECRET_FILE;

    (void)snprintf(ctl->why, sizeof ctl->why, "%s%s%s: %s", ctl_name(option), told ? " " : "",
                   told ? ctl->values[option] : "", why);
}

static enum rc read_file(struct ctl *ctl, enum ctl_option option)
{
    const size_t max = sizes[option];
    const char *path = ctl->values[option];
    struct text *out = &ctl->files[option];
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    char *room = arena_alloc(&ctl->arena, max + 1);
    enum rc rc = RC_OK;
    char too_large[48];
    ssize_t n = -1;

    if (fd < 0 || room == NULL) {
        rc = errno == ENOENT ? RC_NOT_FOUND : RC_SYSTEM;
        explain_file(ctl, option, strerror(errno));
        goto out;
    }
    *out = (struct text){room, 0};
    while (out->len <= max && (n = read(fd, room + out->len, max + 1 - out->len)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        out->len += (size_t)n;
    }
    if (out->len > max) {
        rc = RC_TOO_LARGE;
        (void)snprintf(too_large, sizeof too_large, "more than %zu bytes", max);
        explain_file(ctl, option, too_large);
    } else if (n < 0) {
        rc = RC_SYSTEM;
        explain_file(ctl, option, strerror(errno));
    }
out:
    if (fd >= 0 && !standard)
        (void)close(fd);
    return rc;
}

enum rc ctl_read_files(struct ctl *ctl)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < CTL_VALUES; i++)
        if (names_file(ctl, i))
            rc = read_file(ctl, (enum ctl_option)i);
    return rc;
}

/* A secret's file is its value; one line end behind it is an editor's, not its own. */
enum rc ctl_secret(struct ctl *ctl, struct text *secret)
{
    if (ctl->values[CTL_SECRET_FILE] == NULL)
        return RC_OK;
    *secret = ctl->files[CTL_SECRET_FILE];
    if (secret->len > 0 && secret->data[secret->len - 1] == '\n')
        secret->len--;
    return secret_check(*secret, &ctl->faults);
}
