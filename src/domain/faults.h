/* faults: what is wrong with an input, one entry a member, in words for its sender.
 *
 * Messages name the member and what was expected; they never hold the value
 * that was sent, which may be a secret. One thread at a time. */
#ifndef HOOKROLL_DOMAIN_FAULTS_H
#define HOOKROLL_DOMAIN_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    FAULTS_MAX = 48,
    FAULTS_MEMBER_SIZE = 64,
    FAULTS_MESSAGE_SIZE = 160
};

struct fault {
    char member[FAULTS_MEMBER_SIZE]; /* dotted path; "" for the body as a whole */
    char message[FAULTS_MESSAGE_SIZE];
};

/* Starts as {0}. */
struct faults {
    size_t count;
    struct fault list[FAULTS_MAX];
};

/* faults_add: the message is made as by printf and cut at its size. What is wrong with a member
 * first is told: a later entry of the same one is dropped, and so are those past FAULTS_MAX, more
 * than there are members. */
void faults_add(struct faults *faults, const char *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* faults_name: whether an entry names `member`. */
bool faults_name(const struct faults *faults, const char *member);

#endif
