/* suites: every unit suite, one a source file, gathered by tests/unit.c. */
#ifndef HOOKROLL_TESTS_SUITES_H
#define HOOKROLL_TESTS_SUITES_H

#include <check.h>

Suite *arena_suite(void);
Suite *buf_suite(void);
Suite *crypto_suite(void);
Suite *log_suite(void);
Suite *moment_suite(void);
Suite *pack_suite(void);
Suite *process_suite(void);
Suite *rc_suite(void);
Suite *text_suite(void);

Suite *apikey_suite(void);
Suite *endpoint_suite(void);
Suite *faults_suite(void);
Suite *history_suite(void);
Suite *project_suite(void);
Suite *roll_suite(void);
Suite *secret_suite(void);
Suite *uid_suite(void);

#endif
