/* kv_fixture: a directory for a kv, which is opened by the test. Log lines are captured meanwhile.
 */
#ifndef HOOKROLL_TESTS_SUPPORT_KV_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_KV_FIXTURE_H

#include "store/kv.h"
#include "support/temp_dir.h"

struct kv_fixture {
    struct temp_dir temp;
    struct kv *kv; /* NULL until it is opened; closed behind the test */
};

void kv_fixture_make(struct kv_fixture *fixture);
void kv_fixture_remove(struct kv_fixture *fixture);

#endif
