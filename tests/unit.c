/* unit: runs every suite of suites.h; the exit status says whether all passed.
 * check's own variables apply: CK_FORK=no, CK_RUN_SUITE, CK_RUN_CASE, CK_VERBOSITY. */
#include "base/crypto.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>

static Suite *(*const suites[])(void) = {
    /* base */
    arena_suite,
    blocking_suite,
    buf_suite,
    crypto_ed25519_suite,
    crypto_suite,
    directory_suite,
    fiber_suite,
    hmac_suite,
    log_suite,
    log_target_suite,
    moment_suite,
    pack_suite,
    process_suite,
    rc_suite,
    tally_suite,
    text_parts_suite,
    text_suite,
    thread_suite,
    /* domain */
    apikey_suite,
    create_suite,
    delivery_suite,
    endpoint_addresses_suite,
    endpoint_authentication_suite,
    endpoint_members_suite,
    endpoint_rules_suite,
    endpoint_secrets_suite,
    endpoint_suite,
    faults_suite,
    history_suite,
    overlap_suite,
    project_suite,
    revoke_suite,
    roll_grace_suite,
    roll_limit_suite,
    roll_older_suite,
    roll_property_suite,
    roll_secrets_suite,
    roll_suite,
    secret_suite,
    sign_suite,
    signature_settings_suite,
    uid_suite,
    verify_suite,
    /* store */
    batch_suite,
    census_suite,
    gate_suite,
    keyring_add_suite,
    keyring_suite,
    keyspace_suite,
    kv_batch_harm_suite,
    kv_batch_suite,
    kv_damage_suite,
    kv_full_suite,
    kv_growth_suite,
    kv_readers_suite,
    kv_scan_suite,
    kv_suite,
    metrics_suite,
    record_parts_suite,
    record_refusal_suite,
    record_suite,
    reseal_refusal_suite,
    reseal_suite,
    seal_suite,
    store_concurrency_suite,
    store_create_suite,
    store_deletion_suite,
    store_endpoints_suite,
    store_keys_suite,
    store_pages_suite,
    store_suite,
    store_visits_suite,
    /* api */
    apikey_json_suite,
    apikeys_suite,
    auth_suite,
    body_suite,
    endpoint_answer_suite,
    endpoint_json_suite,
    endpoint_list_suite,
    endpoints_change_suite,
    endpoints_roll_suite,
    endpoints_suite,
    envelope_suite,
    exposition_suite,
    health_suite,
    histories_suite,
    history_json_suite,
    json_compact_suite,
    json_plain_suite,
    json_read_bounds_suite,
    json_read_suite,
    json_read_values_suite,
    json_write_suite,
    openapi_suite,
    project_json_suite,
    project_rolls_suite,
    query_suite,
    response_suite,
    roll_json_suite,
    rolls_suite,
    router_suite,
    scrape_token_suite,
    secrets_suite,
    signature_json_suite,
    signatures_suite,
    signing_secrets_suite,
    verifications_suite,
    /* serve */
    access_suite,
    config_refusal_suite,
    config_suite,
    crew_memory_suite,
    crew_suite,
    fcgi_body_suite,
    fcgi_suite,
    gateway_suite,
    handover_suite,
    intake_suite,
    kept_suite,
    listener_suite,
    listener_unix_suite,
    patience_suite,
    pool_end_suite,
    pool_patience_suite,
    pool_slots_suite,
    pool_suite,
    slots_suite,
    successor_suite,
    supervisor_suite,
    surveyor_suite,
    watchdog_suite,
    /* lib */
    hookroll_sign_suite,
};

int main(void)
{
    SRunner *runner = srunner_create(NULL);
    int failed;

    if (crypto_init() != RC_OK) {
        fputs("unit: libsodium cannot be started\n", stderr);
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
