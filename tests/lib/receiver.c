/* receiver: a program as hookroll-sign(3) shows one, for the library as it is installed:
 * signs with an old and a new secret, and verifies as receivers that have one of them. */
#include <hookroll-sign.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int main(void)
{
    static const char *const secrets[] = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a new one"};
    static const char body[] = "{\"test\": 2432232314}";
    const struct hookroll_keys sender = {secrets, 2};
    const struct hookroll_body delivered = {body, strlen(body)};
    const struct hookroll_clock clock = {time(NULL), HOOKROLL_TOLERANCE_DEFAULT};
    char signature[HOOKROLL_STANDARD_SIZE(2)];
    char seconds[24];
    const struct hookroll_standard headers = {"msg_1", seconds, signature};
    enum hookroll_result result = hookroll_sign_standard(sender, headers.id, clock.now, delivered,
                                                         signature, sizeof signature);

    (void)snprintf(seconds, sizeof seconds, "%lld", (long long)clock.now);
    for (size_t i = 0; i < 2 && result == HOOKROLL_OK; i++)
        result = hookroll_verify_standard((struct hookroll_keys){&secrets[i], 1}, headers,
                                          delivered, clock, NULL);
    puts(hookroll_result_text(result));
    return result == HOOKROLL_OK ? 0 : 1;
}
