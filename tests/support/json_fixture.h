/* json_fixture: room for JSON that is written, and a document that is read, with its faults. */
#ifndef HOOKROLL_TESTS_SUPPORT_JSON_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_JSON_FIXTURE_H

#include "api/json_write.h"
#include "base/buf.h"
#include "domain/faults.h"

struct json_object;

struct json_fixture {
    struct buf buf;
    struct json_write json; /* into it */
    struct json_object *object;
    struct faults faults;
};

void json_fixture_make(struct json_fixture *fixture);
void json_fixture_remove(struct json_fixture *fixture);

/* json_fixture_read: the document, which is one; borrowed until json_fixture_remove. Once. */
const struct json_object *json_fixture_read(struct json_fixture *fixture, const char *document);

#endif
