/* store: what hookroll remembers. The only floor that does.
 *
 * It speaks the domain's words: nothing here says how or where things are kept.
 * A change is durable when its function returns RC_OK, and has not happened
 * otherwise. One store per process, opened after any fork; several processes
 * may have it open. All functions are thread-safe.
 *
 * Text in what is handed out is borrowed from the arena that was handed in.
 * Common results: RC_NOT_FOUND, RC_CORRUPT, RC_KEY (sealed with a key that is
 * not in the key file), RC_FULL, RC_UNAVAILABLE, RC_NO_MEMORY, RC_SYSTEM; the
 * causes are logged here. */
#ifndef HOOKROLL_STORE_STORE_H
#define HOOKROLL_STORE_STORE_H

#include "base/arena.h"
#include "base/rc.h"
#include "domain/apikey.h"
#include "domain/edit.h"
#include "domain/endpoint.h"
#include "domain/history.h"
#include "domain/overlap.h"
#include "domain/project.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct store_options {
    const char *directory;  /* of the data; borrowed for the call */
    const char *master_key; /* file; borrowed for the call */
    size_t map_size;        /* bytes to begin with, 0: what it was last, or a default */
};

/* store_create: makes the directory, the master key (one that is there is used)
 * and an empty store. RC_EXISTS when there is a store, which is left alone and gets no key. */
RC_CHECK enum rc store_create(const struct store_options *options, int64_t now);

/* store_probe: whether there are a store and a master key file that may be used; opens no
 * store and changes nothing. RC_NOT_FOUND, RC_KEY, RC_SYSTEM; every cause is logged. */
RC_CHECK enum rc store_probe(const struct store_options *options);

/* store_open: *out is new, closed with store_close. RC_NOT_FOUND without a
 * store, RC_KEY when the master key is not this store's. */
RC_CHECK enum rc store_open(const struct store_options *options, struct store **out);

/* store_close: nothing may be using it; NULL is let pass. */
void store_close(struct store *store);

/* store_check: that it can be read, and with the right key. */
RC_CHECK enum rc store_check(struct store *store);

/* store_ready: the same, and that a change could be made and become durable now. Changes
 * nothing; waits for its turn among those who do. */
RC_CHECK enum rc store_ready(struct store *store);

/* How full the store is, and how many look at it. */
struct store_figures {
    uint64_t map_bytes;   /* of address space; it grows by itself */
    uint64_t used_bytes;  /* of it, by the most that was ever in use */
    uint64_t readers;     /* views that are open now, of all processes */
    uint64_t readers_max; /* that may be */
};

RC_CHECK enum rc store_figures(struct store *store, struct store_figures *out);

/* Called for each thing, which is lent for the call; false ends the visit. It
 * must neither block nor call the store. */
typedef bool store_project_visit(const struct project *project, void *arg);
typedef bool store_apikey_visit(const struct apikey *key, void *arg);
typedef bool store_endpoint_visit(const struct endpoint *endpoint, void *arg);
typedef bool store_history_visit(const struct history *history, void *arg);

/* store_project_add: RC_EXISTS when its uid is taken, or its tag (keyspace.h). */
RC_CHECK enum rc store_project_add(struct store *store, const struct project *project);
RC_CHECK enum rc store_project_get(struct store *store, const struct uid *uid, struct arena *arena,
                                   struct project *out);
/* store_project_edit: reads the project, lets `edit` change it, and writes it with the
 * history entry that it made, as one step. Its result; any but RC_OK changes nothing. *out
 * is what was written. */
RC_CHECK enum rc store_project_edit(struct store *store, const struct uid *uid,
                                    project_edit_fn *edit, void *arg, struct arena *arena,
                                    struct project *out);
/* store_projects: all of them, oldest first. */
RC_CHECK enum rc store_projects(struct store *store, store_project_visit *visit, void *arg);

/* store_apikey_add: RC_NOT_FOUND without its project, RC_EXISTS. */
RC_CHECK enum rc store_apikey_add(struct store *store, const struct apikey *key);
RC_CHECK enum rc store_apikey_get(struct store *store, const struct uid *uid, struct arena *arena,
                                  struct apikey *out);
/* store_apikey_revoke: from `now` on it is not good; one that is revoked stays as it is. */
RC_CHECK enum rc store_apikey_revoke(struct store *store, const struct uid *uid, int64_t now);
/* store_apikey_use: notes that the key was in use at `now`; does nothing when the last use is
 * fresh. */
RC_CHECK enum rc store_apikey_use(struct store *store, const struct uid *uid, int64_t now);
/* store_apikeys: a project's, oldest first. RC_NOT_FOUND without the project, as all that follows.
 */
RC_CHECK enum rc store_apikeys(struct store *store, const struct uid *project,
                               store_apikey_visit *visit, void *arg);

/* store_endpoint_add: with its first history entry, whose `sequence` and
 * `previous` are given here, as the endpoint's `history` and `revision` are.
 * RC_NOT_FOUND without its project, RC_EXISTS when its uid is taken, or its head (keyspace.h). */
RC_CHECK enum rc store_endpoint_add(struct store *store, struct endpoint *endpoint,
                                    const struct history *event);
RC_CHECK enum rc store_endpoint_get(struct store *store, const struct uid *project,
                                    const struct uid *uid, struct arena *arena,
                                    struct endpoint *out);
/* store_endpoint_edit: reads the endpoint, lets `edit` change it, and writes it
 * with the history entry that it made, as one step that no other change comes
 * between. Its result; *out is the endpoint as written. */
RC_CHECK enum rc store_endpoint_edit(struct store *store, const struct uid *project,
                                     const struct uid *uid, edit_fn *edit, void *arg,
                                     struct arena *arena, struct endpoint *out);
/* store_endpoint_note: the same for what is noted with an endpoint and is no change of it:
 * no revision, and no entry of the history. */
RC_CHECK enum rc store_endpoint_note(struct store *store, const struct uid *project,
                                     const struct uid *uid, edit_fn *edit, void *arg,
                                     struct arena *arena, struct endpoint *out);
/* store_endpoint_delete: what `edit` leaves of the endpoint's secrets ends, an entry
 * of the history each, and the endpoint is gone; its history stays. `edit` finds what is sealed
 * absent, so that an endpoint can be deleted whose secrets cannot be opened. */
RC_CHECK enum rc store_endpoint_delete(struct store *store, const struct uid *project,
                                       const struct uid *uid, edit_fn *edit, void *arg,
                                       struct arena *arena);
/* store_endpoint_owner: also of one that was deleted. */
RC_CHECK enum rc store_endpoint_owner(struct store *store, const struct uid *project,
                                      const struct uid *uid, struct arena *arena,
                                      struct text *owner_id);

/* Part of a project's endpoints, in the order of their uids. */
struct store_page {
    struct uid from;        /* the first, itself included; UID_NONE: from the end */
    bool towards_newer;     /* otherwise towards older ones */
    struct text name;       /* only with this in their name, case ignored; empty: all */
    struct text owner_id;   /* only of this owner; empty: all */
    struct overlap overlap; /* only these; zeros: all */
};

/* store_endpoint_page: the uids of the first `max` endpoints of the page, also of those whose
 * record is damaged, unless a filter would have to read it: they are passed over, and logged. Of
 * one that has lost its uid too, the part that its key has of it comes. The time it takes grows
 * with what the filters pass over, not with where the page is. */
RC_CHECK enum rc store_endpoint_page(struct store *store, const struct uid *project,
                                     const struct store_page *page, struct uid *out, size_t max,
                                     size_t *count);
/* store_endpoints: a project's, newest first. Those that cannot be read are passed over, and the
 * result is RC_CORRUPT or RC_KEY then; which they are is logged. */
RC_CHECK enum rc store_endpoints(struct store *store, const struct uid *project,
                                 store_endpoint_visit *visit, void *arg);

/* store_history: newest first, from the entry `from` on (0: the newest); of one
 * endpoint, deleted or not, or with `endpoint` NULL of the whole project. RC_GONE
 * when `from` is not an entry of this endpoint. */
RC_CHECK enum rc store_history(struct store *store, const struct uid *project,
                               const struct uid *endpoint, uint64_t from,
                               store_history_visit *visit, void *arg);

/* store_changes: the project's history from the entry `from` on, oldest first (0: none of
 * it); *newest is the sequence of the last that there is, 0 without one. RC_GONE when
 * `from` is past the one to come. */
RC_CHECK enum rc store_changes(struct store *store, const struct uid *project, uint64_t from,
                               store_history_visit *visit, void *arg, uint64_t *newest);

#endif
