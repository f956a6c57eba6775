/* suites: every unit suite, one a source file, gathered by tests/unit.c. */
#ifndef HOOKROLL_TESTS_SUITES_H
#define HOOKROLL_TESTS_SUITES_H

#include <check.h>

Suite *arena_suite(void);
Suite *buf_suite(void);
Suite *crypto_suite(void);
Suite *hmac_suite(void);
Suite *log_suite(void);
Suite *log_target_suite(void);
Suite *moment_suite(void);
Suite *pack_suite(void);
Suite *process_suite(void);
Suite *rc_suite(void);
Suite *tally_suite(void);
Suite *text_suite(void);

Suite *apikey_suite(void);
Suite *create_suite(void);
Suite *endpoint_suite(void);
Suite *faults_suite(void);
Suite *history_suite(void);
Suite *hookroll_sign_suite(void);
Suite *project_suite(void);
Suite *revoke_suite(void);
Suite *roll_suite(void);
Suite *secret_suite(void);
Suite *secrets_suite(void);
Suite *sign_suite(void);
Suite *signature_json_suite(void);
Suite *signature_settings_suite(void);
Suite *signatures_suite(void);
Suite *signing_secrets_suite(void);
Suite *uid_suite(void);
Suite *verifications_suite(void);
Suite *verify_suite(void);

Suite *batch_suite(void);
Suite *census_suite(void);
Suite *gate_suite(void);
Suite *keyring_suite(void);
Suite *keyspace_suite(void);
Suite *kv_growth_suite(void);
Suite *kv_scan_suite(void);
Suite *kv_batch_suite(void);
Suite *kv_suite(void);
Suite *metrics_suite(void);
Suite *record_parts_suite(void);
Suite *record_refusal_suite(void);
Suite *record_suite(void);
Suite *seal_suite(void);
Suite *store_concurrency_suite(void);
Suite *store_deletion_suite(void);
Suite *store_endpoints_suite(void);
Suite *store_pages_suite(void);
Suite *store_suite(void);
Suite *store_visits_suite(void);

Suite *admin_json_suite(void);
Suite *auth_suite(void);
Suite *body_suite(void);
Suite *endpoint_answer_suite(void);
Suite *endpoint_json_suite(void);
Suite *endpoints_change_suite(void);
Suite *endpoints_roll_suite(void);
Suite *endpoints_suite(void);
Suite *envelope_suite(void);
Suite *exposition_suite(void);
Suite *health_suite(void);
Suite *json_compact_suite(void);
Suite *json_read_suite(void);
Suite *json_read_values_suite(void);
Suite *json_write_suite(void);
Suite *openapi_suite(void);
Suite *query_suite(void);
Suite *response_suite(void);
Suite *roll_json_suite(void);
Suite *rolls_suite(void);
Suite *router_suite(void);
Suite *scrape_token_suite(void);

Suite *access_suite(void);
Suite *changes_suite(void);
Suite *config_suite(void);
Suite *fcgi_body_suite(void);
Suite *fcgi_suite(void);
Suite *handover_suite(void);
Suite *kept_suite(void);
Suite *listener_suite(void);
Suite *pool_suite(void);
Suite *supervisor_suite(void);
Suite *surveyor_suite(void);

#endif
