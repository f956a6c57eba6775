/* handover: descriptors over an exec. Knows neither what is said on them nor when. */
#include "serve/handover.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LIST_MAX = 100 * 1024 /* bytes; the kernel takes 128 KiB for one variable */
};

static const char variable[] = "HOOKROLL_HANDED";
static const char own[] = "own";

void handover_init(struct handover *handover)
{
    *handover = (struct handover){.input = -1};
}

void handover_free(struct handover *handover)
{
    free(handover->fds);
    handover_init(handover);
}

void handover_keep(void *arg, int fd)
{
    struct handover *handover = arg;

    if (handover->count == handover->room) {
        const size_t room = handover->room == 0 ? 64 : 2 * handover->room;
        int *fds = realloc(handover->fds, room * sizeof *fds);

        if (fds == NULL) {
            (void)close(fd);
            return;
        }
        handover->fds = fds;
        handover->room = room;
    }
    handover->fds[handover->count++] = fd;
}

/* Names those that fit: the others end with this program, as close-on-exec descriptors do. */
static enum rc name(const struct handover *handover, const struct listener *listener)
{
    struct buf list;
    enum rc rc;

    buf_init(&list, LIST_MAX + 16);
    if (!listener->inherited)
        buf_printf(&list, "%s:%" PRId64 ":%" PRId64, own, (int64_t)listener->file.device,
                   (int64_t)listener->file.inode);
    for (size_t i = 0; i < handover->count && list.len < LIST_MAX; i++)
        if (fcntl(handover->fds[i], F_SETFD, 0) == 0)
            buf_printf(&list, ",%d", handover->fds[i]);
    buf_put_byte(&list, '\0');
    rc = buf_status(&list);
    if (rc == RC_OK && setenv(variable, list.data, 1) != 0)
        rc = RC_NO_MEMORY;
    buf_free(&list);
    return rc;
}

/* As from any spawner. */
static bool put_listener(struct handover *handover, const struct listener *listener)
{
    if (listener->fd == STDIN_FILENO)
        return fcntl(STDIN_FILENO, F_SETFD, 0) == 0;
    handover->input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return handover->input >= 0 && dup2(listener->fd, STDIN_FILENO) == STDIN_FILENO;
}

enum rc handover_leave(struct handover *handover, const struct listener *listener)
{
    enum rc rc = name(handover, listener);

    return rc != RC_OK || put_listener(handover, listener) ? rc : RC_SYSTEM;
}

void handover_take_back(struct handover *handover, const struct listener *listener)
{
    if (listener->fd == STDIN_FILENO)
        (void)fcntl(STDIN_FILENO, F_SETFD, FD_CLOEXEC);
    if (handover->input >= 0) {
        (void)dup2(handover->input, STDIN_FILENO);
        (void)close(handover->input);
        handover->input = -1;
    }
    for (size_t i = 0; i < handover->count; i++)
        (void)fcntl(handover->fds[i], F_SETFD, FD_CLOEXEC);
    (void)unsetenv(variable);
}

void handover_run(struct handover *handover, const struct listener *listener, char *const *argv)
{
    enum rc rc = handover_leave(handover, listener);

    if (rc == RC_OK) {
        (void)execv(argv[0], argv);
        rc = RC_SYSTEM;
    }
    log_error("restart: %s: %s", argv[0], rc == RC_SYSTEM ? strerror(errno) : rc_name(rc));
    handover_take_back(handover, listener);
}

static bool is_connection(int fd)
{
    int value = 1;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &len) == 0 && value == 0;
}

/* "own:DEVICE:INODE"; false when it is none of these. */
static bool parse_own(struct text item, struct listener_file *out)
{
    struct text rest = text_after(item, text_up_to(item, ':').len);
    struct text device = text_up_to(rest, ':');
    int64_t numbers[2];

    if (!text_is(text_up_to(item, ':'), own) || !text_to_int64(device, &numbers[0]) ||
        !text_to_int64(text_after(rest, device.len), &numbers[1]))
        return false;
    *out = (struct listener_file){(dev_t)numbers[0], (ino_t)numbers[1]};
    return true;
}

void handover_take(struct handover *handover, struct listener *listener)
{
    const char *value = getenv(variable);
    struct text rest = text_of(value);
    struct text item = text_up_to(rest, ',');
    struct listener_file file;

    handover_init(handover);
    if (value == NULL || !listener->inherited)
        return;
    if (parse_own(item, &file))
        listener_keep(listener, file);
    for (rest = text_after(rest, item.len); rest.len > 0; rest = text_after(rest, item.len)) {
        int64_t fd = -1;

        item = text_up_to(rest, ',');
        if (text_to_int64(item, &fd) && fd > STDERR_FILENO && fd <= INT_MAX &&
            is_connection((int)fd) && fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0)
            handover_keep(handover, (int)fd);
    }
    (void)unsetenv(variable);
}
