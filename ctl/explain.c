/* explain: why a command cannot, in the words of its options. */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

void ctl_explain_missing(struct ctl *ctl, enum rc rc, const char *what)
{
    if (rc == RC_NOT_FOUND)
        (void)snprintf(ctl->why, sizeof ctl->why, "%s not found", what);
}

/* The option by which a member of the API is given here, named alike; CTL_OPTIONS when there is
 * none, or when it is the input that gave it. */
static enum ctl_option option_of(const struct ctl *ctl, const char *member)
{
    char name[FAULTS_MEMBER_SIZE + 2];
    enum ctl_option option;

    (void)snprintf(name, sizeof name, "--%s", member);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '_' || *c == '.')
            *c = '-';
    option = ctl_option_named(text_of(name));
    if (option >= CTL_VALUES || (ctl->values[option] == NULL && ctl->values[CTL_INPUT] != NULL))
        return CTL_OPTIONS;
    return option;
}

static bool begins(const char *message, const char *word)
{
    const size_t len = strlen(word);

    return strncmp(message, word, len) == 0 && message[len] == ' ';
}

void ctl_print_fault(const struct ctl *ctl, const struct fault *fault)
{
    enum ctl_option option = option_of(ctl, fault->member);
    const char *named = fault->member;

    if (ctl->values[CTL_INPUT] != NULL && begins(fault->message, "body")) {
        option = CTL_INPUT;
        named = "body";
    }
    if (option != CTL_OPTIONS && begins(fault->message, named))
        (void)fprintf(stderr, "%s%s", ctl_name(option), fault->message + strlen(named));
    else
        (void)fputs(fault->message, stderr);
}
