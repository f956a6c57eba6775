/* supervisor: tells systemd, where it is the one that started the process, how far that is
 * (sd_notify(3)); otherwise nothing happens. */
#ifndef HOOKROLL_SERVE_SUPERVISOR_H
#define HOOKROLL_SERVE_SUPERVISOR_H

void supervisor_ready(void);     /* requests are served */
void supervisor_reloading(void); /* settings are read anew; supervisor_ready ends it */
void supervisor_stopping(void);

#endif
