/* kv_fixture: on real files. */
#include "support/kv_fixture.h"

#include "support/log_capture.h"

#include <stddef.h>

void kv_fixture_make(struct kv_fixture *fixture)
{
    log_capture_begin();
    temp_dir_make(&fixture->temp);
    fixture->kv = NULL;
}

void kv_fixture_remove(struct kv_fixture *fixture)
{
    kv_close(fixture->kv);
    temp_dir_remove(&fixture->temp);
    log_capture_end();
}
