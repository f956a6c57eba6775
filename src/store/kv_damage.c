/* kv_damage: the end of a process that meets damage which LMDB takes for impossible. LMDB reads its
 * map, so what is missing there is a signal, and some of what is wrong an assertion; neither would
 * say of which store. Nothing can go on then; what was committed is on the disk. */
#include "base/log.h"
#include "store/kv_inside.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* The one that was opened last: a process has one. */
static _Atomic(MDB_env *) watched;

__attribute__((noreturn)) static void end(MDB_env *env, const char *what)
{
    const char *path = NULL;

    (void)mdb_env_get_path(env, &path);
    log_divert(NULL); /* whoever keeps messages for later does not come to it any more */
    log_error("store: %s is damaged, restore it from a backup: %s", path != NULL ? path : "it",
              what);
    _exit(EXIT_FAILURE);
}

/* The thread was reading or writing a map, so it holds no lock that logging needs. */
static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
    MDB_env *env = atomic_load(&watched);

    (void)context;
    if (info->si_code != BUS_ADRALN && env != NULL)
        end(env, "data.mdb is cut short, or the disk fails");
    (void)signal(signal_number, SIG_DFL); /* and what caused it happens again */
}

static void on_assertion(MDB_env *env, const char *what)
{
    end(env, what);
}

int kv_damage_watch(MDB_env *env)
{
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};

    atomic_store(&watched, env);
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGBUS, &action, NULL);
    return mdb_env_set_assert(env, on_assertion);
}

void kv_damage_unwatch(MDB_env *env)
{
    (void)atomic_compare_exchange_strong(&watched, &env, NULL);
}
