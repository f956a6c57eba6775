/* log_target: where lines of the log go; what stands in them is log's. */
#ifndef HOOKROLL_BASE_LOG_TARGET_H
#define HOOKROLL_BASE_LOG_TARGET_H

#include "base/log.h"

#include <stddef.h>

/* log_target_write: one line. `head` bytes of it are time and level, which only standard
 * error needs; what is behind them ends with a line feed and is not terminated. `fields` of
 * it become fields of the journal too. */
void log_target_write(enum log_level level, const char *line, size_t len, size_t head,
                      const struct log_field *fields, size_t count);

#endif
