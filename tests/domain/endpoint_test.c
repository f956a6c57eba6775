/* endpoint: factory settings, the table of members held against itself, every rule
 * at its edges, and appending a secret. */
#include "domain/endpoint.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1795460885123)

enum {
    CEILING = 65536,
    LARGEST = 65536 /* the largest member */
};

static struct endpoint endpoint;
static struct arena arena;
static char filler[LARGEST + 2];

static void set(enum endpoint_member member, const char *value)
{
    endpoint.members[member] = text_of(value);
}

static void setup(void)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {1};

    endpoint_init(&endpoint, uid_make(1, entropy), uid_make(2, entropy), NOW);
    set(ENDPOINT_NAME, "orders");
    set(ENDPOINT_URL, "https://example.org/hook");
    arena_init(&arena, CEILING);
}

static void teardown(void)
{
    arena_free(&arena);
}

/* Every group with something in it, and nothing wrong. */
static void fill_groups(void)
{
    set(ENDPOINT_AUTH_TYPE, "oauth2");
    set(ENDPOINT_OAUTH2_URL, "https://id.example.org/token");
    set(ENDPOINT_OAUTH2_CLIENT_ID, "client");
    set(ENDPOINT_CLIENT_CERT, "certificate");
    set(ENDPOINT_CLIENT_KEY, "key");
}

static void expect_ok(void)
{
    struct faults faults = {0};
    enum rc rc = endpoint_check(&endpoint, &faults);

    ck_assert_msg(rc == RC_OK, "%s: %s", faults.list[0].member, faults.list[0].message);
    ck_assert_uint_eq(faults.count, 0);
}

static void expect_faults(const char *const *members)
{
    struct faults faults = {0};
    size_t expected = 0;

    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    for (; *members != NULL; members++, expected++)
        ck_assert_msg(faults_name(&faults, *members), "%s is not named", *members);
    ck_assert_uint_eq(faults.count, expected);
}

static void expect_fault(const char *member)
{
    const char *const members[] = {member, NULL};

    expect_faults(members);
}

START_TEST(a_new_endpoint_has_factory_settings)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {1};
    struct uid uid = uid_make(1, entropy);
    struct uid project = uid_make(2, entropy);

    endpoint_init(&endpoint, uid, project, NOW);
    ck_assert(uid_equal(&endpoint.uid, &uid));
    ck_assert(uid_equal(&endpoint.project, &project));
    ck_assert_int_eq(endpoint.status, ENDPOINT_ACTIVE);
    ck_assert(endpoint.advanced_signatures);
    ck_assert_int_eq(endpoint.http_timeout, 10);
    ck_assert_int_eq(endpoint.rate_limit, 0);
    ck_assert_int_eq(endpoint.rate_limit_duration, 0);
    ck_assert_int_eq(endpoint.created_at, NOW);
    ck_assert_int_eq(endpoint.updated_at, NOW);
    ck_assert_uint_eq(endpoint.history, 0);
    ck_assert_uint_eq(endpoint.secret_count, 0);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert(
            text_is(endpoint.members[i], i == ENDPOINT_CONTENT_TYPE ? "application/json" : ""));
}
END_TEST

START_TEST(what_was_set_to_nothing_gets_its_factory_setting)
{
    endpoint.http_timeout = 0;
    set(ENDPOINT_CONTENT_TYPE, "");
    endpoint_settle(&endpoint);
    ck_assert_int_eq(endpoint.http_timeout, 10);
    ck_assert(text_is(endpoint.members[ENDPOINT_CONTENT_TYPE], "application/json"));
    set(ENDPOINT_CONTENT_TYPE, NULL);
    endpoint_settle(&endpoint);
    ck_assert(text_is(endpoint.members[ENDPOINT_CONTENT_TYPE], "application/json"));
    expect_ok();
}
END_TEST

START_TEST(what_was_set_to_something_is_left_alone)
{
    const int64_t timeouts[] = {INT64_MIN, -1, 1, 3600, 3601, INT64_MAX};

    set(ENDPOINT_CONTENT_TYPE, "anything");
    endpoint.advanced_signatures = false;
    endpoint.status = ENDPOINT_PAUSED;
    for (size_t i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
        endpoint.http_timeout = timeouts[i];
        endpoint_settle(&endpoint);
        ck_assert_int_eq(endpoint.http_timeout, timeouts[i]);
    }
    ck_assert(text_is(endpoint.members[ENDPOINT_CONTENT_TYPE], "anything"));
    ck_assert(text_is(endpoint.members[ENDPOINT_NAME], "orders"));
    ck_assert_uint_eq(endpoint.members[ENDPOINT_DESCRIPTION].len, 0);
    ck_assert(!endpoint.advanced_signatures);
    ck_assert_int_eq(endpoint.status, ENDPOINT_PAUSED);
    ck_assert_int_eq(endpoint.rate_limit, 0);
    ck_assert_int_eq(endpoint.rate_limit_duration, 0);
}
END_TEST

START_TEST(a_name_and_a_url_are_enough)
{
    expect_ok();
}
END_TEST

START_TEST(a_status_keeps_its_number_and_name)
{
    ck_assert_int_eq(ENDPOINT_ACTIVE, 1);
    ck_assert_int_eq(ENDPOINT_INACTIVE, 2);
    ck_assert_int_eq(ENDPOINT_PAUSED, 3);
    ck_assert_str_eq(endpoint_status_name(ENDPOINT_ACTIVE), "active");
    ck_assert_str_eq(endpoint_status_name(ENDPOINT_INACTIVE), "inactive");
    ck_assert_str_eq(endpoint_status_name(ENDPOINT_PAUSED), "paused");
}
END_TEST

/* In the order of their stored numbers; new ones are appended to the enum only. */
static const char *const stored_paths[] = {
    "name",
    "url",
    "description",
    "owner_id",
    "support_email",
    "slack_webhook_url",
    "content_type",
    "authentication.type",
    "authentication.api_key.header_name",
    "authentication.api_key.header_value",
    "authentication.basic_auth.username",
    "authentication.basic_auth.password",
    "authentication.oauth2.audience",
    "authentication.oauth2.authentication_type",
    "authentication.oauth2.client_id",
    "authentication.oauth2.client_secret",
    "authentication.oauth2.expiry_time_unit",
    "authentication.oauth2.grant_type",
    "authentication.oauth2.issuer",
    "authentication.oauth2.scope",
    "authentication.oauth2.signing_algorithm",
    "authentication.oauth2.subject",
    "authentication.oauth2.url",
    "authentication.oauth2.field_mapping.access_token",
    "authentication.oauth2.field_mapping.expires_in",
    "authentication.oauth2.field_mapping.token_type",
    "authentication.oauth2.signing_key.crv",
    "authentication.oauth2.signing_key.d",
    "authentication.oauth2.signing_key.dp",
    "authentication.oauth2.signing_key.dq",
    "authentication.oauth2.signing_key.e",
    "authentication.oauth2.signing_key.kid",
    "authentication.oauth2.signing_key.kty",
    "authentication.oauth2.signing_key.n",
    "authentication.oauth2.signing_key.p",
    "authentication.oauth2.signing_key.q",
    "authentication.oauth2.signing_key.qi",
    "authentication.oauth2.signing_key.x",
    "authentication.oauth2.signing_key.y",
    "mtls_client_cert.client_cert",
    "mtls_client_cert.client_key",
};

enum {
    STORED = sizeof stored_paths / sizeof stored_paths[0]
};

START_TEST(a_member_keeps_the_number_it_is_stored_under)
{
    ck_assert_int_lt(_i, ENDPOINT_MEMBERS);
    ck_assert_str_eq(endpoint_members[_i].path, stored_paths[_i]);
}
END_TEST

START_TEST(every_row_of_the_table_is_filled)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        const struct endpoint_member_info *info = &endpoint_members[i];

        ck_assert_msg(info->name != NULL && info->name[0] != '\0', "row %zu has no name", i);
        ck_assert_msg(info->path != NULL, "%s has no path", info->name);
        ck_assert_msg(info->max > 0 && info->max <= LARGEST, "%s has no size", info->path);
        ck_assert_msg((int)info->group < ENDPOINT_GROUPS, "%s has no group", info->path);
    }
}
END_TEST

START_TEST(every_group_has_a_name_and_a_parent_before_it)
{
    ck_assert_ptr_null(endpoint_groups[ENDPOINT_ROOT].name);
    ck_assert_int_eq(endpoint_groups[ENDPOINT_ROOT].parent, ENDPOINT_ROOT);
    for (int i = ENDPOINT_ROOT + 1; i < ENDPOINT_GROUPS; i++) {
        ck_assert_ptr_nonnull(endpoint_groups[i].name);
        ck_assert_int_lt((int)endpoint_groups[i].parent, i);
    }
}
END_TEST

/* The names of the groups around a member, each with a dot behind. */
static void group_path(enum endpoint_group group, char path[256])
{
    size_t len;

    if (group == ENDPOINT_ROOT) {
        path[0] = '\0';
        return;
    }
    group_path(endpoint_groups[group].parent, path);
    len = strlen(path);
    (void)snprintf(path + len, 256 - len, "%s.", endpoint_groups[group].name);
}

START_TEST(a_path_is_the_names_of_the_groups_and_the_member_s)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        char path[256];
        size_t len;

        group_path(endpoint_members[i].group, path);
        len = strlen(path);
        (void)snprintf(path + len, sizeof path - len, "%s", endpoint_members[i].name);
        ck_assert_str_eq(endpoint_members[i].path, path);
    }
}
END_TEST

START_TEST(a_group_s_path_is_the_names_of_the_groups)
{
    for (int i = 0; i < ENDPOINT_GROUPS; i++) {
        char path[256];

        group_path((enum endpoint_group)i, path);
        if (path[0] != '\0')
            path[strlen(path) - 1] = '\0';
        ck_assert_str_eq(endpoint_groups[i].path, path);
        ck_assert_uint_lt(strlen(endpoint_groups[i].path), FAULTS_MEMBER_SIZE);
    }
}
END_TEST

START_TEST(no_two_members_share_a_path)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(endpoint_members[i].path, endpoint_members[j].path);
}
END_TEST

START_TEST(every_path_fits_a_fault)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert_msg(strlen(endpoint_members[i].path) < FAULTS_MEMBER_SIZE, "%s does not fit",
                      endpoint_members[i].path);
}
END_TEST

START_TEST(there_is_room_for_a_fault_of_every_member)
{
    ck_assert_int_ge(FAULTS_MAX, ENDPOINT_MEMBERS + 3);
}
END_TEST

START_TEST(no_secret_member_is_shown_to_everyone)
{
    static const enum endpoint_member secrets[] = {
        ENDPOINT_API_KEY_HEADER_VALUE,
        ENDPOINT_BASIC_PASSWORD,
        ENDPOINT_OAUTH2_CLIENT_SECRET,
        ENDPOINT_JWK_D,
        ENDPOINT_JWK_DP,
        ENDPOINT_JWK_DQ,
        ENDPOINT_JWK_P,
        ENDPOINT_JWK_Q,
        ENDPOINT_JWK_QI,
        ENDPOINT_CLIENT_KEY,
    };

    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        ck_assert_msg(endpoint_members[secrets[i]].shown != ENDPOINT_SHOWN, "%s is shown",
                      endpoint_members[secrets[i]].path);
    ck_assert_int_eq(endpoint_members[ENDPOINT_BASIC_PASSWORD].shown, ENDPOINT_CONCEALED);
    ck_assert_int_eq(endpoint_members[ENDPOINT_CLIENT_KEY].shown, ENDPOINT_CONCEALED);
}
END_TEST

static bool stands_within(enum endpoint_group group, enum endpoint_group ancestor)
{
    return group == ancestor ||
           (group != ENDPOINT_ROOT && stands_within(endpoint_groups[group].parent, ancestor));
}

START_TEST(a_group_stands_within_itself_and_those_around_it)
{
    for (int i = 0; i < ENDPOINT_GROUPS; i++)
        for (int j = 0; j < ENDPOINT_GROUPS; j++)
            ck_assert_msg(endpoint_group_within((enum endpoint_group)i, (enum endpoint_group)j) ==
                              stands_within((enum endpoint_group)i, (enum endpoint_group)j),
                          "group %d within %d", i, j);
    ck_assert(endpoint_group_within(ENDPOINT_SIGNING_KEY, ENDPOINT_AUTHENTICATION));
    ck_assert(!endpoint_group_within(ENDPOINT_AUTHENTICATION, ENDPOINT_SIGNING_KEY));
    ck_assert(!endpoint_group_within(ENDPOINT_MTLS_CLIENT_CERT, ENDPOINT_AUTHENTICATION));
}
END_TEST

START_TEST(a_group_is_empty_until_a_member_within_it_is_set)
{
    for (int member = -1; member < ENDPOINT_MEMBERS; member++) {
        memset(endpoint.members, 0, sizeof endpoint.members);
        if (member >= 0)
            set((enum endpoint_member)member, "set");
        for (int group = 0; group < ENDPOINT_GROUPS; group++) {
            const bool filled = member >= 0 && stands_within(endpoint_members[member].group,
                                                             (enum endpoint_group)group);

            ck_assert_msg(endpoint_group_is_empty(&endpoint, (enum endpoint_group)group) != filled,
                          "group %d with member %d", group, member);
        }
    }
}
END_TEST

START_TEST(an_empty_member_does_not_fill_its_group)
{
    memset(endpoint.members, 0, sizeof endpoint.members);
    set(ENDPOINT_CLIENT_KEY, "");
    ck_assert(endpoint_group_is_empty(&endpoint, ENDPOINT_MTLS_CLIENT_CERT));
    ck_assert(endpoint_group_is_empty(&endpoint, ENDPOINT_ROOT));
}
END_TEST

/* A good value of `len` bytes; false for members that take only certain words. */
static bool fill_member(enum endpoint_member member, size_t len)
{
    static const char url[] = "https://h/";
    const char *front = "";
    const char *back = "";

    if (member == ENDPOINT_CONTENT_TYPE || member == ENDPOINT_AUTH_TYPE ||
        member == ENDPOINT_OAUTH2_AUTHENTICATION_TYPE || member == ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT)
        return false;
    if (member == ENDPOINT_URL || member == ENDPOINT_SLACK_WEBHOOK_URL ||
        member == ENDPOINT_OAUTH2_URL)
        front = url;
    if (member == ENDPOINT_SUPPORT_EMAIL)
        back = "@h";
    memset(filler, 'a', sizeof filler);
    memcpy(filler, front, strlen(front));
    memcpy(filler + len - strlen(back), back, strlen(back));
    endpoint.members[member] = (struct text){filler, len};
    return true;
}

START_TEST(a_member_may_have_its_largest_size)
{
    fill_groups();
    if (fill_member((enum endpoint_member)_i, endpoint_members[_i].max - 1))
        expect_ok();
    if (fill_member((enum endpoint_member)_i, endpoint_members[_i].max))
        expect_ok();
}
END_TEST

START_TEST(a_member_one_byte_larger_is_named)
{
    struct faults faults = {0};

    fill_groups();
    if (!fill_member((enum endpoint_member)_i, endpoint_members[_i].max + 1)) {
        memset(filler, 'a', sizeof filler);
        endpoint.members[_i] = (struct text){filler, endpoint_members[_i].max + 1};
    }
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert_msg(faults_name(&faults, endpoint_members[_i].path), "%s is not named",
                  endpoint_members[_i].path);
}
END_TEST

START_TEST(a_member_that_is_not_utf8_is_named)
{
    struct faults faults = {0};

    fill_groups();
    set((enum endpoint_member)_i, "\xC3\x28");
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert_msg(faults_name(&faults, endpoint_members[_i].path), "%s is not named",
                  endpoint_members[_i].path);
}
END_TEST

#define RUN(s)                                                                                     \
    {                                                                                              \
        s, sizeof s - 1                                                                            \
    }
#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

struct row {
    const char *data;
    size_t len;
};

static void set_row(enum endpoint_member member, struct row row)
{
    endpoint.members[member] = (struct text){row.data, row.len};
}

static const struct row urls[] = {
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
    set_row(ENDPOINT_URL, urls[_i]);
    set_row(ENDPOINT_SLACK_WEBHOOK_URL, urls[_i]);
    fill_groups();
    set_row(ENDPOINT_OAUTH2_URL, urls[_i]);
    expect_ok();
}
END_TEST

static const struct row no_urls[] = {
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

    set_row(ENDPOINT_URL, no_urls[_i]);
    set_row(ENDPOINT_SLACK_WEBHOOK_URL, no_urls[_i]);
    fill_groups();
    set_row(ENDPOINT_OAUTH2_URL, no_urls[_i]);
    expect_faults(members);
}
END_TEST

START_TEST(a_url_ends_with_its_run)
{
    endpoint.members[ENDPOINT_URL] = (struct text){"http://example.org", 7};
    expect_fault("url");
    endpoint.members[ENDPOINT_URL] = (struct text){"http://h:80x", 11};
    expect_ok();
}
END_TEST

START_TEST(name_and_url_are_required)
{
    static const char *const members[] = {"name", "url", NULL};

    set(ENDPOINT_NAME, "");
    expect_fault("name");
    set(ENDPOINT_NAME, "n");
    set(ENDPOINT_URL, "");
    expect_fault("url");
    set(ENDPOINT_NAME, NULL);
    set(ENDPOINT_URL, NULL);
    expect_faults(members);
}
END_TEST

static const struct row emails[] = {
    RUN("a@b"),
    RUN("ops@example.org"),
    RUN("first.last+tag@mail.example.org"),
    RUN("o'neill@example.org"),
    RUN("caf\xC3\xA9@example.org"),
};

START_TEST(an_address_is_accepted)
{
    set_row(ENDPOINT_SUPPORT_EMAIL, emails[_i]);
    expect_ok();
}
END_TEST

static const struct row no_emails[] = {
    RUN("a"),     RUN("@"),       RUN("a@"),          RUN("@b"),      RUN("a@b@c"),
    RUN("a@@b"),  RUN("a@.b"),    RUN("a@b."),        RUN("a@."),     RUN("a b@c"),
    RUN("a@b c"), RUN(" a@b"),    RUN("a@b "),        RUN("a@b\n"),   RUN("a\t@b"),
    RUN("a@b\0"), RUN("a@b\x7f"), RUN("a@b\xC2\x85"), RUN("a@b,c@d"), RUN("a@b,c"),
    RUN("a@b;c"), RUN("a@<b>"),   RUN("A <a@b>"),     RUN("a@b(c)"),  RUN("a@\"b\""),
};

START_TEST(anything_else_is_no_address)
{
    set_row(ENDPOINT_SUPPORT_EMAIL, no_emails[_i]);
    expect_fault("support_email");
}
END_TEST

START_TEST(a_content_type_is_one_of_two)
{
    static const char *const refused[] = {"",
                                          "application/xml",
                                          "application/JSON",
                                          "application/json; charset=utf-8",
                                          "application/jso",
                                          " application/json"};

    set(ENDPOINT_CONTENT_TYPE, "application/x-www-form-urlencoded");
    expect_ok();
    set(ENDPOINT_CONTENT_TYPE, "application/json");
    expect_ok();
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        set(ENDPOINT_CONTENT_TYPE, refused[i]);
        expect_fault("content_type");
    }
}
END_TEST

START_TEST(an_owner_has_no_control_characters)
{
    set(ENDPOINT_OWNER_ID, "owner 1");
    expect_ok();
    set(ENDPOINT_OWNER_ID, "owner\n1");
    expect_fault("owner_id");
    set_row(ENDPOINT_OWNER_ID, (struct row)RUN("owner\0"));
    expect_fault("owner_id");
    set(ENDPOINT_OWNER_ID, "\xC2\x9F");
    expect_fault("owner_id");
}
END_TEST

static void expect_bounds(int64_t *value, int64_t low, int64_t high, const char *member)
{
    const struct {
        int64_t value;
        bool good;
    } rows[] = {
        {INT64_MIN, false}, {low - 1, false}, {low, true},       {low + 1, true},
        {high - 1, true},   {high, true},     {high + 1, false}, {INT64_MAX, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *value = rows[i].value;
        if (rows[i].good)
            expect_ok();
        else
            expect_fault(member);
    }
    *value = low;
}

START_TEST(numbers_have_bounds)
{
    expect_bounds(&endpoint.http_timeout, 1, 3600, "http_timeout");
    expect_bounds(&endpoint.rate_limit, 0, INT32_MAX, "rate_limit");
    expect_bounds(&endpoint.rate_limit_duration, 0, INT32_MAX, "rate_limit_duration");
}
END_TEST

START_TEST(any_authentication_member_asks_for_a_type)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        struct faults faults = {0};

        if (i == ENDPOINT_AUTH_TYPE ||
            !stands_within(endpoint_members[i].group, ENDPOINT_AUTHENTICATION))
            continue;
        setup();
        set((enum endpoint_member)i, "x");
        ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
        ck_assert_msg(faults_name(&faults, "authentication.type"), "not with %s",
                      endpoint_members[i].path);
    }
}
END_TEST

START_TEST(an_authentication_type_is_one_of_three)
{
    static const char *const refused[] = {"API_KEY", "apikey", "basic", "oauth", "none", "oauth2 "};

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        set(ENDPOINT_AUTH_TYPE, refused[i]);
        expect_fault("authentication.type");
    }
}
END_TEST

/* A type and the two members that it asks for. */
static const struct {
    const char *type;
    enum endpoint_member first;
    enum endpoint_member second;
} types[] = {
    {"api_key", ENDPOINT_API_KEY_HEADER_NAME, ENDPOINT_API_KEY_HEADER_VALUE},
    {"basic_auth", ENDPOINT_BASIC_USERNAME, ENDPOINT_BASIC_PASSWORD},
    {"oauth2", ENDPOINT_OAUTH2_URL, ENDPOINT_OAUTH2_CLIENT_ID},
};

START_TEST(an_authentication_type_asks_for_its_members)
{
    const char *first = endpoint_members[types[_i].first].path;
    const char *second = endpoint_members[types[_i].second].path;
    const char *const both[] = {first, second, NULL};

    set(ENDPOINT_AUTH_TYPE, types[_i].type);
    expect_faults(both);
    set(types[_i].first, "https://h");
    if (types[_i].first == ENDPOINT_API_KEY_HEADER_NAME)
        set(types[_i].first, "X-Key");
    expect_fault(second);
    set(types[_i].second, "x");
    expect_ok();
    set(types[_i].first, "");
    expect_fault(first);
}
END_TEST

START_TEST(a_header_name_is_a_token)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                   "!#$%&'*+-.^_`|~";

    set(ENDPOINT_AUTH_TYPE, "api_key");
    set(ENDPOINT_API_KEY_HEADER_VALUE, "value");
    for (int c = 0; c < 0x80; c++) {
        const char name[] = {'X', (char)c, 'Y'};

        endpoint.members[ENDPOINT_API_KEY_HEADER_NAME] = (struct text){name, sizeof name};
        if (c != 0 && strchr(alphabet, c) != NULL)
            expect_ok();
        else
            expect_fault("authentication.api_key.header_name");
    }
    set(ENDPOINT_API_KEY_HEADER_NAME, "X-\xC3\xA9");
    expect_fault("authentication.api_key.header_name");
}
END_TEST

START_TEST(a_header_value_has_no_control_characters)
{
    set(ENDPOINT_AUTH_TYPE, "api_key");
    set(ENDPOINT_API_KEY_HEADER_NAME, "X-Key");
    set(ENDPOINT_API_KEY_HEADER_VALUE, "Bearer a b \xC3\xA9");
    expect_ok();
    set(ENDPOINT_API_KEY_HEADER_VALUE, "a\r\nHost: x");
    expect_fault("authentication.api_key.header_value");
    set_row(ENDPOINT_API_KEY_HEADER_VALUE, (struct row)RUN("a\0"));
    expect_fault("authentication.api_key.header_value");
}
END_TEST

START_TEST(an_oauth2_method_is_one_of_two)
{
    fill_groups();
    set(ENDPOINT_OAUTH2_AUTHENTICATION_TYPE, "shared_secret");
    expect_ok();
    set(ENDPOINT_OAUTH2_AUTHENTICATION_TYPE, "client_assertion");
    expect_ok();
    set(ENDPOINT_OAUTH2_AUTHENTICATION_TYPE, "Shared_Secret");
    expect_fault("authentication.oauth2.authentication_type");
    set(ENDPOINT_OAUTH2_AUTHENTICATION_TYPE, "none");
    expect_fault("authentication.oauth2.authentication_type");
}
END_TEST

START_TEST(an_oauth2_unit_is_one_of_four)
{
    static const char *const accepted[] = {"seconds", "milliseconds", "minutes", "hours"};
    static const char *const refused[] = {"second", "days", "Hours", "s", " seconds"};

    fill_groups();
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        set(ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT, accepted[i]);
        expect_ok();
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        set(ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT, refused[i]);
        expect_fault("authentication.oauth2.expiry_time_unit");
    }
}
END_TEST

START_TEST(a_client_certificate_comes_with_its_key)
{
    set(ENDPOINT_CLIENT_CERT, "certificate");
    expect_fault("mtls_client_cert.client_key");
    set(ENDPOINT_CLIENT_KEY, "key");
    expect_ok();
    set(ENDPOINT_CLIENT_CERT, "");
    expect_fault("mtls_client_cert.client_cert");
    set(ENDPOINT_CLIENT_KEY, "");
    expect_ok();
}
END_TEST

START_TEST(all_failing_members_are_named_at_once)
{
    static const char *const members[] = {
        "name",
        "url",
        "owner_id",
        "support_email",
        "slack_webhook_url",
        "content_type",
        "http_timeout",
        "rate_limit",
        "rate_limit_duration",
        "authentication.api_key.header_name",
        "authentication.api_key.header_value",
        "authentication.basic_auth.username",
        "authentication.basic_auth.password",
        "authentication.oauth2.authentication_type",
        "authentication.oauth2.expiry_time_unit",
        "authentication.oauth2.url",
        "mtls_client_cert.client_key",
        NULL,
    };

    set(ENDPOINT_NAME, "");
    set(ENDPOINT_URL, "ftp://h");
    set(ENDPOINT_OWNER_ID, "\n");
    set(ENDPOINT_SUPPORT_EMAIL, "a");
    set(ENDPOINT_SLACK_WEBHOOK_URL, "h");
    set(ENDPOINT_CONTENT_TYPE, "text/plain");
    endpoint.http_timeout = -1;
    endpoint.rate_limit = -1;
    endpoint.rate_limit_duration = -1;
    set(ENDPOINT_AUTH_TYPE, "basic_auth");
    set(ENDPOINT_API_KEY_HEADER_NAME, "X Key");
    set(ENDPOINT_API_KEY_HEADER_VALUE, "\n");
    set(ENDPOINT_OAUTH2_AUTHENTICATION_TYPE, "none");
    set(ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT, "days");
    set(ENDPOINT_OAUTH2_URL, "h");
    set(ENDPOINT_CLIENT_CERT, "certificate");
    expect_faults(members);
}
END_TEST

/* Every text member too large, those with a rule breaking that one too, and the numbers. */
static void spoil_everything(void)
{
    memset(filler, '\n', sizeof filler);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        endpoint.members[i] = (struct text){filler, endpoint_members[i].max + 1};
    endpoint.http_timeout = -1;
    endpoint.rate_limit = -1;
    endpoint.rate_limit_duration = -1;
}

START_TEST(even_when_every_member_fails_every_one_is_named)
{
    struct faults faults = {0};

    spoil_everything();
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert(faults_name(&faults, "http_timeout"));
    ck_assert(faults_name(&faults, "rate_limit"));
    ck_assert(faults_name(&faults, "rate_limit_duration"));
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert_msg(faults_name(&faults, endpoint_members[i].path), "%s is not named",
                      endpoint_members[i].path);
}
END_TEST

START_TEST(no_member_is_named_twice)
{
    struct faults faults = {0};

    spoil_everything();
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    for (size_t i = 0; i < faults.count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(faults.list[i].member, faults.list[j].member);
}
END_TEST

START_TEST(no_fault_holds_a_value)
{
    struct faults faults = {0};

    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        set((enum endpoint_member)i, "sentinel\n\xFF");
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert_uint_ge(faults.count, ENDPOINT_MEMBERS);
    for (size_t i = 0; i < faults.count; i++) {
        ck_assert_ptr_null(strstr(faults.list[i].message, "sentinel"));
        ck_assert_ptr_null(strstr(faults.list[i].member, "sentinel"));
        ck_assert_str_ne(faults.list[i].message, "");
    }
}
END_TEST

static const struct secret_fresh fresh = {{1, 2, 3}, {4, 5, 6}};

START_TEST(a_secret_is_generated_when_none_is_supplied)
{
    char generated[SECRET_GENERATED_SIZE];
    struct uid uid = uid_make(NOW, fresh.uid);

    secret_generate(fresh.value, SIGNING_KEY_HMAC, generated);
    for (size_t i = 0; i < 2; i++) {
        const struct secret *secret = &endpoint.secrets[i];

        ck_assert_int_eq(endpoint_add_secret(&endpoint,
                                             i == 0 ? (struct text){NULL, 0} : text_of(""), &fresh,
                                             NOW, &arena),
                         RC_OK);
        ck_assert_uint_eq(endpoint.secret_count, i + 1);
        ck_assert(text_is(secret->value, generated));
        ck_assert(uid_equal(&secret->uid, &uid));
        ck_assert_int_eq(secret->created_at, NOW);
        ck_assert_int_eq(secret->updated_at, NOW);
        ck_assert_int_eq(secret->expires_at, SECRET_NO_END);
    }
}
END_TEST

START_TEST(a_supplied_secret_is_copied_to_the_arena)
{
    char supplied[] = "supplied";

    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of(supplied), &fresh, NOW, &arena), RC_OK);
    memset(supplied, 'x', sizeof supplied);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert(text_is(endpoint.secrets[0].value, "supplied"));
    ck_assert_uint_gt(arena.used, 0);
}
END_TEST

START_TEST(a_secret_is_appended_behind_the_others)
{
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("a"), &fresh, NOW, &arena), RC_OK);
    endpoint.secrets[0].expires_at = NOW + 5;
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("b"), &fresh, NOW + 1, &arena), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert(text_is(endpoint.secrets[0].value, "a"));
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 5);
    ck_assert(text_is(endpoint.secrets[1].value, "b"));
    ck_assert_int_eq(endpoint.secrets[1].created_at, NOW + 1);
}
END_TEST

START_TEST(there_is_room_for_64_secrets)
{
    for (size_t i = 0; i < 64; i++)
        ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, NOW, &arena), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 64);
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, NOW, &arena),
                     RC_CONFLICT);
    ck_assert_uint_eq(endpoint.secret_count, 64);
}
END_TEST

START_TEST(without_memory_no_secret_is_added)
{
    arena_init(&arena, 0);
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, NOW, &arena),
                     RC_NO_MEMORY);
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of(""), &fresh, NOW, &arena),
                     RC_NO_MEMORY);
    ck_assert_uint_eq(endpoint.secret_count, 0);
}
END_TEST

/* Secrets with these ends, in this order. */
static void give_ends(const int64_t *ends, size_t count)
{
    endpoint.secret_count = 0;
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, NOW, &arena), RC_OK);
        endpoint.secrets[i].created_at = (int64_t)i;
        endpoint.secrets[i].expires_at = ends[i];
    }
}

START_TEST(the_current_secret_is_the_last_which_alone_has_no_end)
{
    static const struct {
        int64_t ends[3];
        size_t count;
        bool good;
    } rows[] = {
        {{0}, 0, false},
        {{SECRET_NO_END}, 1, true},
        {{NOW}, 1, false},
        {{SECRET_NO_END - 1}, 1, false},
        {{NOW, SECRET_NO_END}, 2, true},
        {{SECRET_NO_END, SECRET_NO_END}, 2, false},
        {{SECRET_NO_END, NOW}, 2, false},
        {{NOW, NOW}, 2, false},
        {{NOW, INT64_MIN, SECRET_NO_END}, 3, true},
        {{NOW, SECRET_NO_END, SECRET_NO_END}, 3, false},
        {{SECRET_NO_END, NOW, SECRET_NO_END}, 3, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        give_ends(rows[i].ends, rows[i].count);
        if (rows[i].good)
            ck_assert_ptr_eq(endpoint_current(&endpoint), &endpoint.secrets[rows[i].count - 1]);
        else
            ck_assert_ptr_null(endpoint_current(&endpoint));
    }
}
END_TEST

START_TEST(secrets_are_dropped_when_they_have_ended)
{
    static const int64_t ends[] = {NOW + 1, NOW, INT64_MIN, NOW - 1, NOW + 1000, SECRET_NO_END};

    give_ends(ends, 6);
    endpoint_drop_ended(&endpoint, NOW - 2);
    ck_assert_uint_eq(endpoint.secret_count, 5);
    endpoint_drop_ended(&endpoint, NOW);
    ck_assert_uint_eq(endpoint.secret_count, 3);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 1);
    ck_assert_int_eq(endpoint.secrets[0].created_at, 0);
    ck_assert_int_eq(endpoint.secrets[1].expires_at, NOW + 1000);
    ck_assert_int_eq(endpoint.secrets[1].created_at, 4);
    ck_assert_int_eq(endpoint.secrets[2].expires_at, SECRET_NO_END);
    ck_assert_int_eq(endpoint.secrets[2].created_at, 5);
    endpoint_drop_ended(&endpoint, INT64_MAX - 1);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, SECRET_NO_END);
}
END_TEST

START_TEST(nothing_is_dropped_from_no_secrets)
{
    endpoint_drop_ended(&endpoint, NOW);
    ck_assert_uint_eq(endpoint.secret_count, 0);
    ck_assert_uint_eq(endpoint_signing(&endpoint, NOW), 0);
}
END_TEST

START_TEST(only_secrets_that_can_sign_are_counted)
{
    static const int64_t ends[] = {NOW - 1, NOW, NOW + 1, SECRET_NO_END};

    give_ends(ends, 4);
    ck_assert_uint_eq(endpoint_signing(&endpoint, NOW - 2), 4);
    ck_assert_uint_eq(endpoint_signing(&endpoint, NOW - 1), 3);
    ck_assert_uint_eq(endpoint_signing(&endpoint, NOW), 2);
    ck_assert_uint_eq(endpoint_signing(&endpoint, NOW + 1), 1);
    ck_assert_uint_eq(endpoint.secret_count, 4);
}
END_TEST

static const struct {
    enum endpoint_status before;
    enum endpoint_status paused; /* 0: RC_CONFLICT */
    enum endpoint_status activated;
} changes[] = {
    {ENDPOINT_ACTIVE, ENDPOINT_PAUSED, 0},
    {ENDPOINT_PAUSED, ENDPOINT_ACTIVE, ENDPOINT_ACTIVE},
    {ENDPOINT_INACTIVE, 0, ENDPOINT_ACTIVE},
};

static void expect_change(enum rc (*change)(struct endpoint *, int64_t),
                          enum endpoint_status before, enum endpoint_status after)
{
    endpoint.status = before;
    endpoint.updated_at = NOW;
    ck_assert_int_eq(change(&endpoint, NOW + 7), after == 0 ? RC_CONFLICT : RC_OK);
    ck_assert_int_eq(endpoint.status, after == 0 ? before : after);
    ck_assert_int_eq(endpoint.updated_at, after == 0 ? NOW : NOW + 7);
    ck_assert_int_eq(endpoint.created_at, NOW);
}

START_TEST(a_status_changes_only_where_it_may)
{
    expect_change(endpoint_pause, changes[_i].before, changes[_i].paused);
    expect_change(endpoint_activate, changes[_i].before, changes[_i].activated);
}
END_TEST

Suite *endpoint_suite(void)
{
    Suite *suite = suite_create("endpoint");
    TCase *table = tcase_create("table");
    TCase *rules = tcase_create("rules");
    TCase *secrets = tcase_create("secrets");

    tcase_add_checked_fixture(table, setup, teardown);
    tcase_add_test(table, a_new_endpoint_has_factory_settings);
    tcase_add_test(table, what_was_set_to_nothing_gets_its_factory_setting);
    tcase_add_test(table, what_was_set_to_something_is_left_alone);
    tcase_add_test(table, a_status_keeps_its_number_and_name);
    tcase_add_loop_test(table, a_member_keeps_the_number_it_is_stored_under, 0, STORED);
    tcase_add_test(table, every_row_of_the_table_is_filled);
    tcase_add_test(table, every_group_has_a_name_and_a_parent_before_it);
    tcase_add_test(table, a_path_is_the_names_of_the_groups_and_the_member_s);
    tcase_add_test(table, a_group_s_path_is_the_names_of_the_groups);
    tcase_add_test(table, no_two_members_share_a_path);
    tcase_add_test(table, every_path_fits_a_fault);
    tcase_add_test(table, there_is_room_for_a_fault_of_every_member);
    tcase_add_test(table, no_secret_member_is_shown_to_everyone);
    tcase_add_test(table, a_group_stands_within_itself_and_those_around_it);
    tcase_add_test(table, a_group_is_empty_until_a_member_within_it_is_set);
    tcase_add_test(table, an_empty_member_does_not_fill_its_group);
    suite_add_tcase(suite, table);

    tcase_add_checked_fixture(rules, setup, teardown);
    tcase_add_test(rules, a_name_and_a_url_are_enough);
    tcase_add_loop_test(rules, a_member_may_have_its_largest_size, 0, ENDPOINT_MEMBERS);
    tcase_add_loop_test(rules, a_member_one_byte_larger_is_named, 0, ENDPOINT_MEMBERS);
    tcase_add_loop_test(rules, a_member_that_is_not_utf8_is_named, 0, ENDPOINT_MEMBERS);
    tcase_add_loop_test(rules, an_http_url_with_a_host_is_accepted, 0, ROWS(urls));
    tcase_add_loop_test(rules, anything_else_is_no_url, 0, ROWS(no_urls));
    tcase_add_test(rules, a_url_ends_with_its_run);
    tcase_add_test(rules, name_and_url_are_required);
    tcase_add_loop_test(rules, an_address_is_accepted, 0, ROWS(emails));
    tcase_add_loop_test(rules, anything_else_is_no_address, 0, ROWS(no_emails));
    tcase_add_test(rules, a_content_type_is_one_of_two);
    tcase_add_test(rules, an_owner_has_no_control_characters);
    tcase_add_test(rules, numbers_have_bounds);
    tcase_add_test(rules, any_authentication_member_asks_for_a_type);
    tcase_add_test(rules, an_authentication_type_is_one_of_three);
    tcase_add_loop_test(rules, an_authentication_type_asks_for_its_members, 0, ROWS(types));
    tcase_add_test(rules, a_header_name_is_a_token);
    tcase_add_test(rules, a_header_value_has_no_control_characters);
    tcase_add_test(rules, an_oauth2_method_is_one_of_two);
    tcase_add_test(rules, an_oauth2_unit_is_one_of_four);
    tcase_add_test(rules, a_client_certificate_comes_with_its_key);
    tcase_add_test(rules, all_failing_members_are_named_at_once);
    tcase_add_test(rules, even_when_every_member_fails_every_one_is_named);
    tcase_add_test(rules, no_member_is_named_twice);
    tcase_add_test(rules, no_fault_holds_a_value);
    suite_add_tcase(suite, rules);

    tcase_add_checked_fixture(secrets, setup, teardown);
    tcase_add_test(secrets, a_secret_is_generated_when_none_is_supplied);
    tcase_add_test(secrets, a_supplied_secret_is_copied_to_the_arena);
    tcase_add_test(secrets, a_secret_is_appended_behind_the_others);
    tcase_add_test(secrets, there_is_room_for_64_secrets);
    tcase_add_test(secrets, without_memory_no_secret_is_added);
    tcase_add_test(secrets, the_current_secret_is_the_last_which_alone_has_no_end);
    tcase_add_test(secrets, secrets_are_dropped_when_they_have_ended);
    tcase_add_test(secrets, nothing_is_dropped_from_no_secrets);
    tcase_add_test(secrets, only_secrets_that_can_sign_are_counted);
    tcase_add_loop_test(secrets, a_status_changes_only_where_it_may, 0, ROWS(changes));
    suite_add_tcase(suite, secrets);
    return suite;
}
