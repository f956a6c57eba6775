/* endpoint: what is a URL to deliver to, and what is an address to write to. */
#include "domain/endpoint.h"
#include "suites.h"
#include "support/endpoint_fixture.h"

#define RUN(s)                                                                                     \
    {                                                                                              \
        s, sizeof s - 1                                                                            \
    }
#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct endpoint endpoint;

static void setup(void)
{
    endpoint_fixture_make(&endpoint);
}

static const struct text urls[] = {
    RUN("http://h"),
    RUN("https://h"),
    RUN("HTTPS://EXAMPLE.ORG"),
    RUN("hTTp://example.org/"),
    RUN("https://example.org/path?query=1#fragment"),
    RUN("https://example.org?query"),
    RUN("https://example.org#fragment"),
    RUN("https://example.org/a@b:c/d"),
    RUN("https://user@example.org"),
    RUN("https://user:password@example.org:8443/path"),
    RUN("http://example.org:1"),
    RUN("http://example.org:80/"),
    RUN("http://example.org:65535"),
    RUN("http://example.org:"),
    RUN("http://127.0.0.1:8080/x"),
    RUN("http://[::1]"),
    RUN("http://[::1]/x"),
    RUN("http://[2001:db8::1]:8443/x"),
    RUN("http://user@[::1]:1"),
    RUN("https://xn--bcher-kva.example/%C3%A9"),
};

START_TEST(an_http_url_with_a_host_is_accepted)
{
    endpoint.members[ENDPOINT_URL] = urls[_i];
    endpoint.members[ENDPOINT_SLACK_WEBHOOK_URL] = urls[_i];
    endpoint_fixture_fill_groups(&endpoint);
    endpoint.members[ENDPOINT_OAUTH2_URL] = urls[_i];
    endpoint_fixture_expect_ok(&endpoint);
}
END_TEST

static const struct text no_urls[] = {
    RUN("h"),
    RUN("example.org"),
    RUN("/path"),
    RUN("//example.org"),
    RUN("ftp://example.org"),
    RUN("httpx://example.org"),
    RUN("ttp://example.org"),
    RUN("javascript:alert(1)"),
    RUN("file:///etc/passwd"),
    RUN("http:"),
    RUN("http:/"),
    RUN("http://"),
    RUN("https://"),
    RUN("http:example.org"),
    RUN("http:/example.org"),
    RUN("https:///path"),
    RUN("https://?query"),
    RUN("https://#fragment"),
    RUN("https://:443"),
    RUN("https://user@"),
    RUN("https://user@:443"),
    RUN("https://user@/path"),
    RUN("https://a@b@example.org"),
    RUN("http://example.org:0"),
    RUN("http://example.org:65536"),
    RUN("http://example.org:99999"),
    RUN("http://example.org:000080"),
    RUN("http://example.org:-1"),
    RUN("http://example.org:+1"),
    RUN("http://example.org:80a"),
    RUN("http://example.org:a"),
    RUN("http://example.org:80:80"),
    RUN("http://::1/"),
    RUN("http://["),
    RUN("http://[]"),
    RUN("http://[::1"),
    RUN("http://[::1/]"),
    RUN("http://::1]"),
    RUN("http://[::1]x"),
    RUN("http://[::1]80"),
    RUN("http://[::1]:x"),
    RUN("http://x[::1]"),
    RUN(" http://example.org"),
    RUN("http://example.org "),
    RUN("http://exam ple.org"),
    RUN("http://example.org/a b"),
    RUN("http://example.org/\n"),
    RUN("http://example.org/\r\nHost: x"),
    RUN("http://example.org/\t"),
    RUN("http://example.org/\x7f"),
    RUN("http://example.org/\xC2\x85"),
    RUN("http://example.org\0.example.com"),
    RUN("http://example.org/\0"),
};

START_TEST(anything_else_is_no_url)
{
    static const char *const members[] = {"url", "slack_webhook_url", "authentication.oauth2.url",
                                          NULL};

    endpoint.members[ENDPOINT_URL] = no_urls[_i];
    endpoint.members[ENDPOINT_SLACK_WEBHOOK_URL] = no_urls[_i];
    endpoint_fixture_fill_groups(&endpoint);
    endpoint.members[ENDPOINT_OAUTH2_URL] = no_urls[_i];
    endpoint_fixture_expect_faults(&endpoint, members);
}
END_TEST

START_TEST(a_url_ends_with_its_run)
{
    endpoint.members[ENDPOINT_URL] = (struct text){"http://example.org", 7};
    endpoint_fixture_expect_fault(&endpoint, "url");
    endpoint.members[ENDPOINT_URL] = (struct text){"http://h:80x", 11};
    endpoint_fixture_expect_ok(&endpoint);
}
END_TEST

static const struct text emails[] = {
    RUN("a@b"),
    RUN("ops@example.org"),
    RUN("first.last+tag@mail.example.org"),
    RUN("o'neill@example.org"),
    RUN("caf\xC3\xA9@example.org"),
};

START_TEST(an_address_is_accepted)
{
    endpoint.members[ENDPOINT_SUPPORT_EMAIL] = emails[_i];
    endpoint_fixture_expect_ok(&endpoint);
}
END_TEST

static const struct text no_emails[] = {
    RUN("a"),     RUN("@"),       RUN("a@"),          RUN("@b"),      RUN("a@b@c"),
    RUN("a@@b"),  RUN("a@.b"),    RUN("a@b."),        RUN("a@."),     RUN("a b@c"),
    RUN("a@b c"), RUN(" a@b"),    RUN("a@b "),        RUN("a@b\n"),   RUN("a\t@b"),
    RUN("a@b\0"), RUN("a@b\x7f"), RUN("a@b\xC2\x85"), RUN("a@b,c@d"), RUN("a@b,c"),
    RUN("a@b;c"), RUN("a@<b>"),   RUN("A <a@b>"),     RUN("a@b(c)"),  RUN("a@\"b\""),
};

START_TEST(anything_else_is_no_address)
{
    endpoint.members[ENDPOINT_SUPPORT_EMAIL] = no_emails[_i];
    endpoint_fixture_expect_fault(&endpoint, "support_email");
}
END_TEST

Suite *endpoint_addresses_suite(void)
{
    Suite *suite = suite_create("endpoint_addresses");
    TCase *url = tcase_create("url");
    TCase *email = tcase_create("email");

    tcase_add_checked_fixture(url, setup, NULL);
    tcase_add_loop_test(url, an_http_url_with_a_host_is_accepted, 0, ROWS(urls));
    tcase_add_loop_test(url, anything_else_is_no_url, 0, ROWS(no_urls));
    tcase_add_test(url, a_url_ends_with_its_run);
    suite_add_tcase(suite, url);

    tcase_add_checked_fixture(email, setup, NULL);
    tcase_add_loop_test(email, an_address_is_accepted, 0, ROWS(emails));
    tcase_add_loop_test(email, anything_else_is_no_address, 0, ROWS(no_emails));
    suite_add_tcase(suite, email);
    return suite;
}
