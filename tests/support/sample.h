/* sample: numbered things of the domain: the same number gives the same thing. */
#ifndef HOOKROLL_TESTS_SUPPORT_SAMPLE_H
#define HOOKROLL_TESTS_SUPPORT_SAMPLE_H

#include "base/arena.h"
#include "domain/apikey.h"
#include "domain/endpoint.h"
#include "domain/history.h"
#include "domain/project.h"
#include "domain/secret.h"
#include "domain/uid.h"

#include <stdint.h>

#define SAMPLE_NOW INT64_C(1795460885123) /* 2026-11-23T19:08:05.123Z */

/* sample_uid: sorts as `n` does. */
struct uid sample_uid(uint32_t n);

/* sample_uid_text: the same as text; `n` below 8. */
struct text sample_uid_text(uint32_t n);

struct secret_fresh sample_fresh(uint32_t n);
struct project sample_project(uint32_t n);

/* sample_apikey: good without end for all of project `project`; its token's random
 * bytes are sample_fresh's uid bytes and zeros. */
struct apikey sample_apikey(uint32_t n, uint32_t project);

/* sample_endpoint: active with one generated secret, and the entry of its creation. */
void sample_endpoint(uint32_t n, uint32_t project, struct arena *arena, struct endpoint *out,
                     struct history *event);

/* sample_fill: every text member has a value: its path. */
void sample_fill(struct endpoint *endpoint);

/* sample_same_*: end the test unless every member is the same. */
void sample_same_endpoint(const struct endpoint *a, const struct endpoint *b);
void sample_same_apikey(const struct apikey *a, const struct apikey *b);
void sample_same_project(const struct project *a, const struct project *b);
void sample_same_history(const struct history *a, const struct history *b);

#endif
