/* config_fixture: a file of settings in a directory of its own, and what is read of it. */
#ifndef HOOKROLL_TESTS_SUPPORT_CONFIG_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_CONFIG_FIXTURE_H

#include "base/rc.h"
#include "serve/config.h"
#include "support/temp_dir.h"

#include <stddef.h>

struct config_fixture {
    struct temp_dir temp;
    char path[TEMP_PATH_SIZE]; /* of the file, which is not there until it is loaded */
    struct config config;
    struct config_errors errors;
};

/* config_fixture_make: factory settings, no errors. */
void config_fixture_make(struct config_fixture *fixture);
void config_fixture_remove(struct config_fixture *fixture);

/* config_fixture_load: writes the file and loads it. */
enum rc config_fixture_load(struct config_fixture *fixture, const char *text);
enum rc config_fixture_load_bytes(struct config_fixture *fixture, const char *bytes, size_t len);

/* config_fixture_expect_factory: ends the test unless every setting is the factory's;
 * directories are those of the build. */
void config_fixture_expect_factory(const struct config_fixture *fixture);

#endif
