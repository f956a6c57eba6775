/* kv: what one write of a shared commit meets, a damaged page or a map that cannot grow,
 * is nobody else's trouble; what all of them meet, each is told. */
#include "store/kv.h"
#include "suites.h"
#include "support/address_space.h"
#include "support/helper.h"
#include "support/kv_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    PAIRS = 400, /* more than a page holds */
    DAMAGED = 200,
    FLAGS_AT = 10, /* of a page's kind, in LMDB's head of a page */
    LEAF = 2,
    PAGE_MAX = 65536,
    MUCH = 5000,
    SMALL_MAP = 65536,
    QUEUED_AFTER = 30 /* ms; who comes later shares another commit, which decides nothing here */
};

static struct kv_fixture at;

static void setup(void)
{
    kv_fixture_make(&at);
}

static void teardown(void)
{
    kv_fixture_remove(&at);
}

/* Writes that share a commit, in their order. */
struct write {
    kv_fn *fn;
    void *arg;
    enum rc rc;
    pthread_t thread;
};

static sem_t held;
static sem_t released;

/* May be run again, and waits once. */
static enum rc hold_in(struct kv_txn *txn, void *arg)
{
    bool *waited = arg;

    (void)txn;
    if (!*waited && (sem_post(&held) != 0 || sem_wait(&released) != 0))
        return RC_SYSTEM;
    *waited = true;
    return RC_OK;
}

static void *write_one(void *arg)
{
    struct write *write = arg;

    write->rc = kv_write(at.kv, write->fn, write->arg);
    return NULL;
}

/* In the commit behind that of a holder, which calls hold_in and has this result then. False when
 * there was no doing so; nothing is asserted, a helper may call it. */
static bool write_behind(kv_fn *hold, enum rc rc, struct write *writes, size_t count)
{
    const struct timespec queued_after = {.tv_nsec = QUEUED_AFTER * 1000000L};
    bool waited = false;
    struct write holder = {hold, &waited, RC_SYSTEM, 0};
    bool done = sem_init(&held, 0, 0) == 0 && sem_init(&released, 0, 0) == 0 &&
                pthread_create(&holder.thread, NULL, write_one, &holder) == 0 &&
                sem_wait(&held) == 0;

    for (size_t i = 0; i < count; i++)
        done = done && pthread_create(&writes[i].thread, NULL, write_one, &writes[i]) == 0 &&
               nanosleep(&queued_after, NULL) == 0;
    done = done && sem_post(&released) == 0 && pthread_join(holder.thread, NULL) == 0;
    for (size_t i = 0; i < count; i++)
        done = done && pthread_join(writes[i].thread, NULL) == 0;
    return done && holder.rc == rc;
}

static bool write_together(struct write *writes, size_t count)
{
    return write_behind(hold_in, RC_OK, writes, count);
}

static enum rc set_in(struct kv_txn *txn, void *arg)
{
    return kv_set(txn, text_of(arg), text_of("value"));
}

static enum rc get_in(struct kv_txn *txn, void *arg)
{
    struct text value;

    return kv_get(txn, text_of(arg), &value);
}

static struct text numbered(int n, char room[16])
{
    return (struct text){room, (size_t)snprintf(room, 16, "k%05d", n)};
}

static enum rc fill_in(struct kv_txn *txn, void *arg)
{
    static const char value[200] = "a value";
    enum rc rc = RC_OK;
    char room[16];

    (void)arg;
    for (int i = 0; i < PAIRS && rc == RC_OK; i++)
        rc = kv_set(txn, numbered(i, room), (struct text){value, sizeof value});
    return rc;
}

/* The page that has the key is no longer one of LMDB's kinds. */
static void damage(const char *key)
{
    static char page[PAGE_MAX];
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    char path[TEMP_PATH_SIZE];
    int fd = open(temp_dir_path(&at.temp, "data.mdb", path), O_RDWR | O_CLOEXEC);
    int found = 0;

    ck_assert_int_ge(fd, 0);
    ck_assert_uint_le(size, sizeof page);
    for (off_t offset = 0; pread(fd, page, size, offset) == (ssize_t)size; offset += (off_t)size) {
        if (page[FLAGS_AT] != LEAF || memmem(page, size, key, strlen(key)) == NULL)
            continue;
        page[FLAGS_AT] = 0;
        ck_assert_int_eq(pwrite(fd, page, size, offset), (ssize_t)size);
        found++;
    }
    ck_assert_int_eq(close(fd), 0);
    ck_assert_int_eq(found, 1);
}

static bool go_on(struct text key, struct text value, void *arg)
{
    (void)key;
    (void)value;
    (void)arg;
    return true;
}

static enum rc scan_in(struct kv_txn *txn, void *arg)
{
    return kv_scan(txn, text_of("k"), text_of(arg), KV_FORWARDS, go_on, NULL);
}

static enum rc delete_in(struct kv_txn *txn, void *arg)
{
    return kv_delete(txn, text_of(arg));
}

static enum rc forget(enum rc rc)
{
    (void)rc;
    return RC_OK;
}

static enum rc get_and_forget_in(struct kv_txn *txn, void *arg)
{
    return forget(get_in(txn, arg));
}

static enum rc set_and_forget_in(struct kv_txn *txn, void *arg)
{
    return forget(set_in(txn, arg));
}

static kv_fn *const meetings[] = {get_in,    scan_in,           set_in,
                                  delete_in, get_and_forget_in, set_and_forget_in};

START_TEST(a_damaged_page_fails_only_the_write_that_meets_it)
{
    char before[] = "a";
    char after[] = "z";
    char room[16];
    struct write writes[] = {{set_in, before, RC_SYSTEM, 0},
                             {meetings[_i], room, RC_SYSTEM, 0},
                             {set_in, after, RC_SYSTEM, 0}};

    (void)numbered(DAMAGED, room);
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, 0, &at.kv), RC_OK);
    ck_assert_int_eq(kv_write(at.kv, fill_in, NULL), RC_OK);
    kv_close(at.kv);
    at.kv = NULL;
    damage(room);
    ck_assert_int_eq(kv_open(at.temp.path, KV_MUST_EXIST, 0, &at.kv), RC_OK);
    ck_assert(write_together(writes, 3));
    ck_assert_int_eq(writes[0].rc, RC_OK);
    ck_assert_int_eq(writes[1].rc, RC_CORRUPT);
    ck_assert_int_eq(writes[2].rc, RC_OK);
    ck_assert_int_eq(kv_read(at.kv, get_in, before), RC_OK);
    ck_assert_int_eq(kv_read(at.kv, get_in, after), RC_OK);
}
END_TEST

static enum rc refuse_in(struct kv_txn *txn, void *arg)
{
    (void)txn;
    (void)arg;
    return RC_CONFLICT;
}

static bool filter_calls(struct sock_filter *rules, size_t count)
{
    struct sock_fprog filter = {(unsigned short)count, rules};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
        return true;
    (void)fprintf(stderr, "kv: not tested: no system call can be made to fail here\n");
    return false;
}

/* From here on the disk fails when it is to write down what it was given. */
static bool fail_disk(int err)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)err),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };

    return filter_calls(rules, sizeof rules / sizeof rules[0]);
}

struct failure {
    int err;
    enum rc rc;
};

static bool share_failing_disk(void *arg)
{
    const struct failure *failure = arg;
    char key[] = "a";
    struct write writes[] = {{refuse_in, NULL, RC_SYSTEM, 0},
                             {set_in, key, RC_SYSTEM, 0},
                             {refuse_in, NULL, RC_SYSTEM, 0}};

    if (kv_open(at.temp.path, KV_CREATE, 0, &at.kv) != RC_OK)
        return false;
    if (!fail_disk(failure->err))
        return true;
    return write_together(writes, 3) && writes[0].rc == RC_CONFLICT &&
           writes[1].rc == failure->rc && writes[2].rc == RC_CONFLICT &&
           kv_read(at.kv, get_in, key) == RC_NOT_FOUND;
}

START_TEST(a_disk_that_fails_is_not_full_and_fails_no_refusal)
{
    static struct failure failures[] = {{EIO, RC_SYSTEM}, {ENOSPC, RC_FULL}, {EDQUOT, RC_FULL}};
    struct helper helper;

    helper_start(&helper, share_failing_disk, &failures[_i]);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
}
END_TEST

/* From here on the disk fails where LMDB's two heads of the file are, by which a commit ends, and
 * without which no transaction begins before the store is opened anew; and there is nothing to
 * open. */
static bool lose_store(void)
{
    char data[TEMP_PATH_SIZE];
    const unsigned behind = 2 * (unsigned)sysconf(_SC_PAGESIZE);
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwrite64, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, behind, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };

    return unlink(temp_dir_path(&at.temp, "data.mdb", data)) == 0 &&
           filter_calls(rules, sizeof rules / sizeof rules[0]);
}

static enum rc hold_and_set_in(struct kv_txn *txn, void *arg)
{
    enum rc rc = hold_in(txn, arg);

    return rc == RC_OK ? kv_set(txn, text_of("held"), text_of("value")) : rc;
}

static bool share_what_cannot_begin(void *arg)
{
    char key[] = "a";
    struct write writes[] = {
        {set_in, key, RC_OK, 0}, {refuse_in, NULL, RC_OK, 0}, {get_in, key, RC_OK, 0}};

    (void)arg;
    if (kv_open(at.temp.path, KV_CREATE, 0, &at.kv) != RC_OK)
        return false;
    if (!lose_store())
        return true;
    return write_behind(hold_and_set_in, RC_SYSTEM, writes, 3) && writes[0].rc == RC_UNAVAILABLE &&
           writes[1].rc == RC_UNAVAILABLE && writes[2].rc == RC_UNAVAILABLE;
}

START_TEST(writes_that_cannot_begin_are_all_told_so)
{
    struct helper helper;

    helper_start(&helper, share_what_cannot_begin, NULL);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
}
END_TEST

#ifndef SANITIZED
/* The last before the others of a commit run: they have their stacks by now. */
static enum rc limit_in(struct kv_txn *txn, void *arg)
{
    (void)txn;
    (void)arg;
    return address_space_limit() ? RC_OK : RC_SYSTEM;
}

/* More than there is address space for. */
static enum rc set_much_in(struct kv_txn *txn, void *arg)
{
    static const char value[3000] = "a value";
    enum rc rc = RC_OK;
    char room[16];

    (void)arg;
    for (int i = 0; i < MUCH && rc == RC_OK; i++)
        rc = kv_set(txn, numbered(i, room), (struct text){value, sizeof value});
    return rc;
}

/* In a process of its own, whose limit nobody else feels. */
static bool share_without_address_space(void *arg)
{
    char before[] = "a";
    char after[] = "z";
    struct write writes[] = {{limit_in, NULL, RC_SYSTEM, 0},    {refuse_in, NULL, RC_SYSTEM, 0},
                             {set_in, before, RC_SYSTEM, 0},    {set_much_in, NULL, RC_SYSTEM, 0},
                             {refuse_in, NULL, RC_SYSTEM, 0},   {set_in, after, RC_SYSTEM, 0},
                             {set_much_in, NULL, RC_SYSTEM, 0}, {set_in, after, RC_SYSTEM, 0}};
    static const enum rc expected[] = {RC_OK,       RC_CONFLICT, RC_OK,   RC_FULL,
                                       RC_CONFLICT, RC_OK,       RC_FULL, RC_OK};

    (void)arg;
    if (kv_open(at.temp.path, KV_CREATE, SMALL_MAP, &at.kv) != RC_OK || !write_together(writes, 8))
        return false;
    for (size_t i = 0; i < 8; i++)
        if (writes[i].rc != expected[i])
            return false;
    return kv_read(at.kv, get_in, before) == RC_OK && kv_read(at.kv, get_in, after) == RC_OK;
}

START_TEST(a_map_that_cannot_grow_fails_only_the_write_that_filled_it)
{
    struct helper helper;

    helper_start(&helper, share_without_address_space, NULL);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
}
END_TEST
#endif

Suite *kv_batch_harm_suite(void)
{
    Suite *suite = suite_create("kv, shared commits that meet trouble");
    TCase *tc = tcase_create("writers");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_damaged_page_fails_only_the_write_that_meets_it, 0,
                        (int)(sizeof meetings / sizeof meetings[0]));
    tcase_add_loop_test(tc, a_disk_that_fails_is_not_full_and_fails_no_refusal, 0, 3);
    tcase_add_test(tc, writes_that_cannot_begin_are_all_told_so);
#ifndef SANITIZED
    tcase_add_test(tc, a_map_that_cannot_grow_fails_only_the_write_that_filled_it);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
