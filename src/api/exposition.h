/* exposition: what was counted, in the text format of Prometheus, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). */
#ifndef HOOKROLL_API_EXPOSITION_H
#define HOOKROLL_API_EXPOSITION_H

#include "api/call.h"
#include "base/buf.h"
#include "base/rc.h"
#include "store/store.h"

/* exposition_open: counts from here on are those of all processes on the store in this
 * directory, and last; as metrics_open, before threads. */
void exposition_open(const char *directory);

/* exposition_write: appends every metric; those of the store itself are left out when it
 * cannot tell them. */
void exposition_write(struct buf *out, struct store *store);

/* exposition_get: GET /metrics. */
enum rc exposition_get(struct call *call);

#endif
