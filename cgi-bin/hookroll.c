/* hookroll.fcgi: the FastCGI responder. Wires the floors together, waits for the
 * word to stop, takes them apart in reverse order. */
#include "api/exposition.h"
#include "api/service.h"
#include "arguments.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/process.h"
#include "serve/access.h"
#include "serve/cgi.h"
#include "serve/config.h"
#include "serve/fcgi.h"
#include "serve/handover.h"
#include "serve/listener.h"
#include "serve/pool.h"
#include "serve/successor.h"
#include "serve/supervisor.h"
#include "serve/surveyor.h"
#include "store/metrics.h"
#include "store/store.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    TRIAL_PATIENCE = 5000,  /* ms in which the program that is to follow may say that it would */
    RESTART_PATIENCE = 2000 /* ms in which requests that have begun may end */
};

/* Kept connections cost descriptors, so all that may be had are asked for. */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* What ends the program, and SIGHUP and SIGUSR2. */
static void signals_to_obey(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    (void)sigaddset(signals, SIGUSR1); /* how some FastCGI managers ask for an end */
    (void)sigaddset(signals, SIGUSR2);
}

/* For this thread and those it will start. */
static void block_signals(void)
{
    sigset_t signals;

    signals_to_obey(&signals);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    /* Where it is ignored, nobody is told how a process has ended. */
    (void)signal(SIGCHLD, SIG_DFL);
}

/* Of the settings that count from the start of the process. */
static bool same_start(const struct config *a, const struct config *b)
{
    return strcmp(a->store, b->store) == 0 && strcmp(a->master_key, b->master_key) == 0 &&
           strcmp(a->listen, b->listen) == 0 && a->listen_mode == b->listen_mode &&
           strcmp(a->metrics_token, b->metrics_token) == 0 && a->log_to == b->log_to &&
           a->workers == b->workers && a->request_timeout == b->request_timeout;
}

/* A responder that serves. */
struct running {
    const struct arguments *arguments;
    const struct config *config;
    struct service *service;
    size_t max_body; /* bytes, as last read */
    struct listener listener;
    struct surveyor *surveyor;
    struct pool *pool;
};

/* Reads the settings anew. What is wrong changes nothing; what needs a restart is said. */
static void reload(struct running *running)
{
    struct config config;

    supervisor_reloading();
    /* Commands that a supervisor runs for this may have had the socket as their input. */
    listener_unblock(&running->listener);
    if (arguments_settings(running->arguments, &config) != RC_OK) {
        log_error("the settings stay as they were");
    } else {
        if (!same_start(running->config, &config))
            log_warn("of the settings, log_level, access_log and max_body have changed; the "
                     "others count from the next start");
        log_set_level(config.log_level);
        access_set(config.access_log);
        running->max_body = (size_t)config.max_body;
        pool_set_max_body(running->pool, running->max_body);
        log_info("the settings were read anew");
    }
    supervisor_ready();
}

/* Whether the program that is to follow says that it would start. */
static bool is_followed(const struct running *running)
{
    static char check[] = "--check-start";
    enum rc rc =
        successor_try(running->listener.fd, running->arguments->all, check, TRIAL_PATIENCE);

    /* It may have had the socket as its input. */
    listener_unblock(&running->listener);
    return rc == RC_OK;
}

/* Nothing is given up for a program that would not start, or while a request lasts. */
static bool may_restart(const struct running *running)
{
    if (!is_followed(running))
        log_error("not restarted: the program that was to follow would not start");
    else if (!pool_pause(running->pool, RESTART_PATIENCE))
        log_error("not restarted: a request takes longer than %d s", RESTART_PATIENCE / 1000);
    else
        return true;
    return false;
}

/* Until the process is to end, or to restart, in which case the pool pauses; which it is. */
static int obey(struct running *running)
{
    sigset_t signals;

    signals_to_obey(&signals);
    for (;;) {
        int signal_number = 0;

        if (sigwait(&signals, &signal_number) != 0)
            continue;
        if (signal_number == SIGHUP)
            reload(running);
        else if (signal_number != SIGUSR2 || may_restart(running))
            return signal_number;
    }
}

/* What the service has open; it can be closed again. */
static void close_service(struct service *service)
{
    metrics_close();
    store_close(service->store);
    service->store = NULL;
}

/* The store, and who may read what is counted. */
static enum rc open_store(const struct config *config, struct service *service)
{
    const struct store_options options = {.directory = config->store,
                                          .master_key = config->master_key};
    enum rc rc = crypto_init();

    if (rc == RC_OK && config->metrics_token[0] != '\0')
        rc = scrape_token_load(config->metrics_token, &service->scrape);
    if (rc == RC_OK)
        rc = store_open(&options, &service->store);
    return rc;
}

static enum rc open_service(const struct config *config, struct service *service)
{
    enum rc rc = open_store(config, service);

    /* The counts beside it. */
    if (rc == RC_OK)
        exposition_open(config->store);
    return rc;
}

/* All that serves, beside store and listener; and the connections are its. */
static enum rc start(struct running *running, const struct handover *connections)
{
    const struct pool_options options = {.listener = &running->listener,
                                         .service = running->service,
                                         .workers = (size_t)running->config->workers,
                                         .max_body = running->max_body,
                                         .patience = running->config->request_timeout * 1000};
    enum rc rc = surveyor_start(running->service->store, &running->surveyor);

    if (rc == RC_OK)
        rc = pool_start(&options, &running->pool);
    for (size_t i = 0; rc == RC_OK && i < connections->count; i++)
        pool_adopt(running->pool, connections->fds[i]);
    return rc;
}

/* The program anew in this process. Returns only when that cannot be: RC_OK when this one serves
 * again, with all that it had. */
static enum rc restart(struct running *running)
{
    struct handover handover;
    enum rc rc;

    log_info("restarting in place");
    supervisor_reloading();
    handover_init(&handover);
    pool_leave(running->pool, handover_keep, &handover);
    surveyor_stop(running->surveyor);
    running->surveyor = NULL;
    close_service(running->service);
    handover_run(&handover, &running->listener, running->arguments->all);
    rc = open_service(running->config, running->service);
    if (rc == RC_OK)
        rc = start(running, &handover);
    handover_free(&handover);
    return rc;
}

/* With all that serves started, to its end. */
static enum rc serve_on(struct running *running)
{
    int signal_number;
    enum rc rc = RC_OK;

    do {
        log_info("hookroll " HOOKROLL_VERSION " serves %s with up to %zu workers",
                 running->listener.inherited ? "the socket on fd 0" : running->config->listen,
                 (size_t)running->config->workers);
        supervisor_ready();
        signal_number = obey(running);
        if (signal_number == SIGUSR2)
            rc = restart(running);
    } while (signal_number == SIGUSR2 && rc == RC_OK);
    if (rc != RC_OK)
        return rc;
    log_info("stopping: %s", strsignal(signal_number));
    supervisor_stopping();
    pool_stop(running->pool);
    return RC_OK;
}

static enum rc serve(const struct arguments *arguments, const struct config *config,
                     struct service *service)
{
    struct running running = {.arguments = arguments,
                              .config = config,
                              .service = service,
                              .max_body = (size_t)config->max_body};
    struct handover before;
    enum rc rc = fcgi_init();

    /* Before anybody can know, by connecting, that there is somebody to signal to. */
    block_signals();
    if (rc == RC_OK)
        rc = listener_open(config->listen, (mode_t)config->listen_mode, &running.listener);
    if (rc != RC_OK)
        return rc;
    handover_take(&before, &running.listener);
    rc = start(&running, &before);
    handover_free(&before);
    if (rc == RC_OK)
        rc = serve_on(&running);
    surveyor_stop(running.surveyor);
    listener_close(&running.listener);
    return rc;
}

/* The counts are left alone: a program of another version would replace them. */
static enum rc check_start(const struct config *config)
{
    struct service service = {.store = NULL};
    enum rc rc = open_store(config, &service);

    store_close(service.store);
    return rc;
}

static enum rc run(const struct arguments *arguments, const struct config *config)
{
    struct service service = {.store = NULL};
    enum rc rc;

    log_open(config->log_to);
    log_set_level(config->log_level);
    access_set(config->access_log);
    raise_descriptors();
    rc = open_service(config, &service);
    if (rc == RC_OK)
        rc = cgi_is_asked() ? cgi_serve(&service, (size_t)config->max_body)
                            : serve(arguments, config, &service);
    close_service(&service);
    return rc;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.all = argv, .task = ARGUMENTS_SERVE};
    struct config config;
    enum rc rc;

    process_harden();
    /* Of a CGI program, whoever asks writes the arguments: words of the query (RFC 3875, 4.4). */
    if (!cgi_is_asked())
        arguments_parse(argc, argv, &arguments);
    rc = arguments_settings(&arguments, &config);
    if (rc == RC_OK && arguments.task == ARGUMENTS_CHECK)
        rc = arguments_check(&config);
    else if (rc == RC_OK && arguments.task == ARGUMENTS_CHECK_START)
        rc = check_start(&config);
    else if (rc == RC_OK && arguments.task == ARGUMENTS_SHOW)
        rc = arguments_show(&config);
    else if (rc == RC_OK)
        rc = run(&arguments, &config);
    return rc == RC_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
