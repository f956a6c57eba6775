/* supervisor: the door to libsystemd. That nobody listens is no failure. */
#include "serve/supervisor.h"

#include <systemd/sd-daemon.h>

void supervisor_ready(void)
{
    (void)sd_notify(0, "READY=1");
}

void supervisor_reloading(void)
{
    (void)sd_notify(0, "RELOADING=1");
}

void supervisor_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1");
}
