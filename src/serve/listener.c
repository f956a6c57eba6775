/* listener: inherits or binds. libfcgi's own opening is not used: it ends the
 * process when it cannot bind, and takes a living server's socket away. */
#include "serve/listener.h"

#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    PEER_TIMEOUT = 30, /* s that a web server may pause within a request */
    LOCK_TRIES = 200,
    LOCK_PAUSE = 10 /* ms between two */
};

static bool is_listening(int fd)
{
    int value = 0;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &len) == 0 && value != 0;
}

static bool unblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* Several threads and processes may be told of one connection: none may block on it. That is
 * a flag which all who share the socket can take away, as systemd does when it hands the socket
 * to the commands of a reload. The shortest timeout bounds what that costs. */
static bool prepare(int fd)
{
    const struct timeval shortest = {.tv_usec = 1};

    return unblock(fd) &&
           setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &shortest, sizeof shortest) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static enum rc fail(int fd, const char *address, const char *what)
{
    enum rc rc = errno == EADDRINUSE ? RC_EXISTS : RC_SYSTEM;

    log_error("listen %s: %s: %s", address, what, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* The directory in which `path` is. */
static int open_directory(const char *path)
{
    char directory[LISTENER_PATH_SIZE] = ".";
    const char *slash = strrchr(path, '/');

    if (slash == path)
        directory[0] = '/';
    else if (slash != NULL)
        (void)text_copy((struct text){path, (size_t)(slash - path)}, directory, sizeof directory);
    return open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Among processes that make or remove a socket in the same directory, one at a time: between
 * bind and listen a socket looks as if nobody answered on it, and between a look at a file and its
 * removal it may become another. To be closed, also where it is none: who may not read the
 * directory does without, and so does everybody where somebody else keeps it locked. */
static int lock_directory(const char *path)
{
    int fd = open_directory(path);
    int tries = 0;

    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || ++tries == LOCK_TRIES) {
            log_warn("listen unix:%s: its directory cannot be locked: %s", path, strerror(errno));
            break;
        }
        (void)poll(NULL, 0, LOCK_PAUSE);
    }
    return fd;
}

static void unlock(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

/* Removes a socket that nobody answers on; anything else there stays and makes bind fail. */
static void remove_stale(const struct sockaddr_un *address)
{
    struct stat st;
    int fd;

    if (lstat(address->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return;
    /* Not blocking: a server whose backlog is full is a living one. */
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
        errno == ECONNREFUSED)
        (void)unlink(address->sun_path);
    (void)close(fd);
}

/* Whether `name` is a unix socket's; *out is its address, without a path when it has none
 * that an address can hold. */
static bool is_unix(const char *name, struct sockaddr_un *out)
{
    static const char prefix[] = "unix:";
    const size_t skip = sizeof prefix - 1;

    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strncmp(name, prefix, skip) != 0)
        return false;
    (void)text_copy(text_of(name + skip), out->sun_path, sizeof out->sun_path);
    return true;
}

/* Whether there is a file at its path, and which. */
static bool find_file(const char *path, struct listener_file *out)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return false;
    *out = (struct listener_file){st.st_dev, st.st_ino};
    return true;
}

/* With the directory locked. Somebody may have made room for another's socket there. While the
 * socket is open its file's number is not given to another, though the file be gone. */
static void remove_file(const struct listener *listener)
{
    struct listener_file now;

    if (find_file(listener->path, &now) && now.device == listener->file.device &&
        now.inode == listener->file.inode)
        (void)unlink(listener->path);
}

/* Binds and listens. */
static enum rc make_unix(const char *name, const struct sockaddr_un *address, mode_t mode,
                         struct listener *out)
{
    mode_t before;
    int bound;

    remove_stale(address);
    out->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (out->fd < 0)
        return fail(-1, name, "socket");
    before = umask(0777 & ~mode);
    bound = bind(out->fd, (const struct sockaddr *)address, sizeof *address);
    (void)umask(before);
    if (bound != 0)
        return fail(out->fd, name, "bind");
    memcpy(out->path, address->sun_path, sizeof out->path);
    if (!find_file(out->path, &out->file) || listen(out->fd, BACKLOG) != 0 || !prepare(out->fd)) {
        enum rc rc = fail(-1, name, "listen");

        remove_file(out);
        (void)close(out->fd);
        return rc;
    }
    return RC_OK;
}

static enum rc open_unix(const char *name, const struct sockaddr_un *address, mode_t mode,
                         struct listener *out)
{
    enum rc rc;
    int lock;

    if (address->sun_path[0] == '\0') {
        log_error("listen %s: the path must be 1 to %zu bytes", name, sizeof address->sun_path - 1);
        return RC_INVALID;
    }
    lock = lock_directory(address->sun_path);
    rc = make_unix(name, address, mode, out);
    unlock(lock);
    return rc;
}

/* "HOST:PORT" or "[HOST]:PORT" into its two parts; false when it is neither. */
static bool split(const char *address, char *host, size_t size, const char **port)
{
    const char *colon = strrchr(address, ':');
    struct text t;
    int64_t number;

    /* getaddrinfo would take a port above 65535 and cut it. */
    if (colon == NULL || !text_to_int64(text_of(colon + 1), &number) || number < 1 ||
        number > 65535)
        return false;
    t = (struct text){address, (size_t)(colon - address)};
    if (t.len >= 2 && t.data[0] == '[' && t.data[t.len - 1] == ']')
        t = (struct text){t.data + 1, t.len - 2};
    *port = colon + 1;
    return t.len > 0 && text_copy(t, host, size);
}

/* New, or NULL when `name` is no address of that kind. */
static struct addrinfo *inet_address(const char *name)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *info = NULL;
    const char *port;
    char host[64];

    if (!split(name, host, sizeof host, &port) || getaddrinfo(host, port, &hints, &info) != 0)
        return NULL;
    return info;
}

static enum rc open_inet(const char *name, struct listener *out)
{
    struct addrinfo *info = inet_address(name);
    const int on = 1;
    bool bound;

    if (info == NULL) {
        log_error("listen %s: must be unix:PATH, or HOST:PORT with a numeric host and port", name);
        return RC_INVALID;
    }
    out->fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bound = out->fd >= 0 && setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
            bind(out->fd, info->ai_addr, info->ai_addrlen) == 0;
    freeaddrinfo(info);
    if (!bound || listen(out->fd, BACKLOG) != 0 || !prepare(out->fd))
        return fail(out->fd, name, bound ? "listen" : "bind");
    return RC_OK;
}

bool listener_is_address(const char *address)
{
    struct sockaddr_un local;
    struct addrinfo *info;

    if (is_unix(address, &local))
        return local.sun_path[0] != '\0';
    info = inet_address(address);
    if (info == NULL)
        return false;
    freeaddrinfo(info);
    return true;
}

bool listener_is_inherited(void)
{
    return is_listening(STDIN_FILENO);
}

enum rc listener_open(const char *address, mode_t mode, struct listener *out)
{
    struct sockaddr_un local;

    *out = (struct listener){.fd = -1};
    if (is_listening(STDIN_FILENO)) {
        out->fd = STDIN_FILENO;
        out->inherited = true;
        if (prepare(out->fd))
            return RC_OK;
        log_error("listen: the socket on fd 0: %s", strerror(errno));
        return RC_SYSTEM;
    }
    if (address[0] == '\0') {
        log_error("listen: there is no FastCGI socket on fd 0, and none is named by \"listen\"");
        return RC_INVALID;
    }
    if (is_unix(address, &local))
        return open_unix(address, &local, mode, out);
    return open_inet(address, out);
}

void listener_keep(struct listener *listener, struct listener_file file)
{
    struct sockaddr_un address = {.sun_family = AF_UNSPEC};
    socklen_t len = sizeof address;

    listener->inherited = false;
    if (getsockname(listener->fd, (struct sockaddr *)&address, &len) != 0 ||
        address.sun_family != AF_UNIX)
        return;
    memcpy(listener->path, address.sun_path, sizeof listener->path - 1);
    listener->file = file;
}

void listener_unblock(const struct listener *listener)
{
    if (!unblock(listener->fd))
        log_warn("listen: %s", strerror(errno));
}

void listener_bound(int fd, int patience)
{
    const struct timeval timeout = {.tv_sec = patience};

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

/* A web server that stalls within a request must not hold a thread for ever. */
static void prepare_connection(int fd, sa_family_t family)
{
    const int on = 1;

    listener_bound(fd, PEER_TIMEOUT);
    if (family != AF_UNIX) /* which has no such delay */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static enum listener_none why_none(int err)
{
    if (err == EMFILE || err == ENFILE || err == ENOBUFS || err == ENOMEM)
        return LISTENER_STARVED;
    return err == EINTR || err == ECONNABORTED ? LISTENER_AGAIN : LISTENER_NOBODY;
}

int listener_accept(const struct listener *listener, enum listener_none *why)
{
    struct sockaddr peer = {.sa_family = AF_UNSPEC}; /* cut: only the family is looked at */
    socklen_t len = sizeof peer;
    int fd = accept4(listener->fd, &peer, &len, SOCK_CLOEXEC);

    if (fd >= 0)
        prepare_connection(fd, peer.sa_family);
    else
        *why = why_none(errno);
    return fd;
}

/* Drops what begins a connection (SYN, without ACK; byte 13 of TCP's header) before it is answered,
 * and lets all else pass. The peer begins anew after a second. */
static void filter_newcomers(int fd)
{
    static struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),          BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const struct sock_fprog program = {sizeof code / sizeof code[0], code};

    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
        log_warn("listen: who connects as this process ends may be lost: %s", strerror(errno));
}

void listener_retire(const struct listener *listener)
{
    if (listener->inherited)
        return;
    if (listener->path[0] != '\0') {
        int lock = lock_directory(listener->path);

        remove_file(listener);
        unlock(lock);
    } else {
        filter_newcomers(listener->fd);
    }
}

void listener_close(struct listener *listener)
{
    if (listener->fd < 0)
        return;
    listener_retire(listener);
    (void)close(listener->fd);
    listener->fd = -1;
}
