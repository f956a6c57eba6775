/* suites_upper: the suites of the store, api and serve floors. */
#ifndef HOOKROLL_TESTS_SUITES_UPPER_H
#define HOOKROLL_TESTS_SUITES_UPPER_H

#include <check.h>

Suite *create_suite(void);

Suite *keyring_suite(void);
Suite *keyspace_suite(void);
Suite *kv_suite(void);
Suite *record_suite(void);
Suite *record_refusal_suite(void);
Suite *seal_suite(void);
Suite *store_suite(void);
Suite *store_endpoints_suite(void);
Suite *store_visits_suite(void);

Suite *admin_json_suite(void);
Suite *auth_suite(void);
Suite *body_suite(void);
Suite *endpoint_json_suite(void);
Suite *endpoints_suite(void);
Suite *endpoints_roll_suite(void);
Suite *envelope_suite(void);
Suite *health_suite(void);
Suite *json_read_suite(void);
Suite *json_write_suite(void);
Suite *response_suite(void);
Suite *roll_json_suite(void);
Suite *router_suite(void);

Suite *config_suite(void);
Suite *fcgi_suite(void);
Suite *listener_suite(void);
Suite *pool_suite(void);

#endif
