/* json_fixture: one of each. */
#include "support/json_fixture.h"

#include "api/json_read.h"

#include <check.h>

void json_fixture_make(struct json_fixture *fixture)
{
    *fixture = (struct json_fixture){.object = NULL};
    buf_init(&fixture->buf, 1 << 16);
    fixture->json = json_write_to(&fixture->buf);
}

void json_fixture_remove(struct json_fixture *fixture)
{
    json_read_free(fixture->object);
    buf_free(&fixture->buf);
}

const struct json_object *json_fixture_read(struct json_fixture *fixture, const char *document)
{
    struct faults none = {0};

    ck_assert_int_eq(json_read_object(text_of(document), &fixture->object, &none), RC_OK);
    return fixture->object;
}
