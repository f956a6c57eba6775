/* project: the settings that bound what its endpoints' rolls may do. */
#ifndef HOOKROLL_DOMAIN_PROJECT_H
#define HOOKROLL_DOMAIN_PROJECT_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROJECT_NAME_MAX = 256,           /* bytes */
    PROJECT_SIGNING_SECRETS_MAX = 64, /* the largest max_signing_secrets */
    PROJECT_HEADER_MAX = 64,          /* bytes of the signature header's name */
    PROJECT_VERSIONS_MAX = 4,         /* signature versions */
    PROJECT_SIGNING_SECRETS = 10      /* factory settings from here on */
};
#define PROJECT_DEFAULT_GRACE INT64_C(86400)     /* s: a day */
#define PROJECT_MAX_GRACE     INT64_C(31536000)  /* s: a year */
#define PROJECT_GRACE_CEILING INT64_C(315360000) /* s: ten years, the largest max_grace */

/* One version of the Convoy signature: v1 is the first, and so on. Stored as
 * these numbers, which therefore never change. */
enum project_hash {
    PROJECT_SHA256 = 1,
    PROJECT_SHA512 = 2
};

enum project_encoding {
    PROJECT_HEX = 1,   /* lower case */
    PROJECT_BASE64 = 2 /* padded */
};

struct project_version {
    enum project_hash hash;
    enum project_encoding encoding;
};

/* All versions of a signature, in their order. */
struct project_versions {
    size_t count; /* 1 to PROJECT_VERSIONS_MAX */
    struct project_version list[PROJECT_VERSIONS_MAX];
};

struct project {
    struct uid uid;
    struct text name;
    int64_t created_at;           /* ms */
    int64_t updated_at;           /* ms */
    int64_t default_grace;        /* s; of a roll that states none */
    int64_t max_grace;            /* s; the longest that a roll may state */
    int64_t max_signing_secrets;  /* of one endpoint that can sign at a time */
    struct text signature_header; /* the name of the Convoy signature's header */
    struct project_versions versions;
};

/* project_init: factory settings under a name, borrowed. */
void project_init(struct project *project, struct uid uid, struct text name, int64_t now);

/* project_check: RC_INVALID with a fault for every setting that is out of bounds
 * or with which nothing could ever be signed. Pure. */
RC_CHECK enum rc project_check(const struct project *project, struct faults *faults);

/* "SHA256", "SHA512"; "hex", "base64". The _named functions are the reverse; false
 * when there is none of that name. */
const char *project_hash_name(enum project_hash hash);
const char *project_encoding_name(enum project_encoding encoding);
RC_CHECK bool project_hash_named(struct text name, enum project_hash *out);
RC_CHECK bool project_encoding_named(struct text name, enum project_encoding *out);

#endif
