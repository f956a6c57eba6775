/* rc: the one result code of the whole program.
 *
 * Every function that can fail returns one; the cause is logged once, on the
 * floor that knows it, and the code says what the caller may do about it. */
#ifndef HOOKROLL_BASE_RC_H
#define HOOKROLL_BASE_RC_H

enum rc {
    RC_OK = 0,
    RC_INVALID,         /* the input breaks a rule; faults name the members */
    RC_UNAUTHENTICATED, /* no credential, or one that cannot be read */
    RC_DENIED,          /* a credential that is not (or no longer) good */
    RC_FORBIDDEN,       /* a good credential without the right to do this */
    RC_NOT_FOUND,       /* no such thing */
    RC_GONE,            /* a part of a thing that is there is not, or no longer */
    RC_PRECONDITION,    /* it has changed since the caller looked */
    RC_METHOD,          /* the path is known, the method is not allowed on it */
    RC_CONFLICT,        /* the present state does not allow it */
    RC_EXISTS,          /* it is there already */
    RC_TOO_LARGE,       /* over a stated limit */
    RC_MEDIA_TYPE,      /* a Content-Type that is not understood */
    RC_NO_MEMORY,       /* the allocator, or a buffer's or arena's ceiling */
    RC_FULL,            /* the disk, or the store's address space, is full */
    RC_UNAVAILABLE,     /* cannot be had now; another try may succeed */
    RC_KEY,             /* the master key is missing, unreadable or not this store's */
    RC_CORRUPT,         /* stored bytes that cannot be what was written */
    RC_SYSTEM           /* the operating system refused */
};

/* A result that must be looked at. */
#define RC_CHECK __attribute__((warn_unused_result))

/* rc_name: a short constant word for logs. Thread-safe. */
const char *rc_name(enum rc rc);

#endif
