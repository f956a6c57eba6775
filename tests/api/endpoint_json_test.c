/* endpoint_json: which members are read and how, which are written and when, and who
 * sees the value of what is not for everyone. */
#include "api/endpoint_json.h"
#include "api/json_read.h"
#include "suites.h"
#include "support/json_at.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;
static struct buf buf;
static struct json_object *object;
static struct endpoint endpoint;
static struct text secret;
static struct faults faults;
static struct endpoint_json_view view;

static void setup(void)
{
    struct history event;

    arena_init(&arena, 1 << 20);
    buf_init(&buf, 1 << 20);
    object = NULL;
    faults.count = 0;
    secret = (struct text){0};
    view = (struct endpoint_json_view){.now = SAMPLE_NOW};
    sample_endpoint(2, 1, &arena, &endpoint, &event);
}

static void teardown(void)
{
    json_read_free(object);
    buf_free(&buf);
    arena_free(&arena);
}

static void read_body(const char *body)
{
    struct faults none = {0};

    json_read_free(object);
    object = NULL;
    ck_assert_int_eq(json_read_object(text_of(body), &object, &none), RC_OK);
    endpoint_json_read(object, &endpoint, &secret, &faults);
}

static const char *written(const char *path)
{
    struct json_write json = json_write_to(&buf);

    buf_reset(&buf);
    endpoint_json_write(&json, &endpoint, &view);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    return json_at(buf_text(&buf), path);
}

START_TEST(every_text_member_is_written_where_it_is_read)
{
    struct endpoint before;

    view.secrets = true;
    sample_fill(&endpoint);
    before = endpoint;
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        const struct endpoint_member_info *info = &endpoint_members[i];

        ck_assert_str_eq(written(info->path),
                         info->shown == ENDPOINT_CONCEALED ? "[REDACTED]" : info->path);
        if (info->shown == ENDPOINT_CONCEALED)
            before.members[i] = (struct text){0};
    }
    memset(endpoint.members, 0, sizeof endpoint.members);
    buf_put_byte(&buf, '\0');
    read_body(buf.data);
    ck_assert_uint_eq(faults.count, 0);
    sample_same_endpoint(&before, &endpoint);
}
END_TEST

START_TEST(an_answer_sent_back_changes_nothing)
{
    struct endpoint before;

    view.secrets = _i == 1;
    sample_fill(&endpoint);
    before = endpoint;
    ck_assert_str_eq(written("name"), "name");
    buf_put_byte(&buf, '\0');
    read_body(buf.data);
    ck_assert_uint_eq(faults.count, 0);
    sample_same_endpoint(&before, &endpoint);
}
END_TEST

START_TEST(an_object_replaces_the_whole_of_the_one_before)
{
    sample_fill(&endpoint);
    read_body("{\"authentication\":{\"type\":\"basic_auth\",\"basic_auth\":{\"username\":\"u\","
              "\"password\":\"[REDACTED]\"}}}");
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        const struct text m = endpoint.members[i];

        if (i == ENDPOINT_AUTH_TYPE)
            ck_assert(text_is(m, "basic_auth"));
        else if (i == ENDPOINT_BASIC_USERNAME)
            ck_assert(text_is(m, "u"));
        else if (endpoint_group_within(endpoint_members[i].group, ENDPOINT_AUTHENTICATION) &&
                 i != ENDPOINT_BASIC_PASSWORD)
            ck_assert_uint_eq(m.len, 0);
        else
            ck_assert(text_is(m, endpoint_members[i].path));
    }
    read_body("{\"mtls_client_cert\":{}}");
    ck_assert_uint_eq(endpoint.members[ENDPOINT_CLIENT_CERT].len, 0);
    ck_assert_uint_eq(endpoint.members[ENDPOINT_CLIENT_KEY].len, 0);
}
END_TEST

START_TEST(what_everyone_sees_may_be_called_redacted)
{
    sample_fill(&endpoint);
    read_body("{\"name\":\"[REDACTED]\",\"authentication\":{\"type\":\"[REDACTED]\"}}");
    ck_assert(text_is(endpoint.members[ENDPOINT_NAME], "[REDACTED]"));
    ck_assert(text_is(endpoint.members[ENDPOINT_AUTH_TYPE], "[REDACTED]"));
}
END_TEST

START_TEST(members_that_are_no_text_are_read)
{
    read_body("{\"advanced_signatures\":false,\"http_timeout\":30,\"rate_limit\":5,"
              "\"rate_limit_duration\":60,\"secret\":\"given\"}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(!endpoint.advanced_signatures);
    ck_assert_int_eq(endpoint.http_timeout, 30);
    ck_assert_int_eq(endpoint.rate_limit, 5);
    ck_assert_int_eq(endpoint.rate_limit_duration, 60);
    ck_assert(text_is(secret, "given"));
}
END_TEST

static const char *const keeping[] = {
    "{}",
    "{\"name\":null,\"url\":null,\"authentication\":null,\"mtls_client_cert\":null}",
    "{\"http_timeout\":null,\"rate_limit\":null,\"advanced_signatures\":null,\"secret\":null}",
    "{\"unknown\":1,\"Name\":\"x\",\"events\":[],\"status\":\"paused\",\"uid\":7,\"secrets\":{}}",
};

START_TEST(what_is_absent_null_or_unknown_changes_nothing)
{
    struct endpoint before;

    sample_fill(&endpoint);
    endpoint.http_timeout = 77;
    endpoint.advanced_signatures = false;
    before = endpoint;
    read_body(keeping[_i]);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_uint_eq(secret.len, 0);
    sample_same_endpoint(&before, &endpoint);
}
END_TEST

START_TEST(empty_text_clears_a_member)
{
    sample_fill(&endpoint);
    read_body("{\"owner_id\":\"\"}");
    ck_assert_uint_eq(endpoint.members[ENDPOINT_OWNER_ID].len, 0);
    ck_assert(text_is(endpoint.members[ENDPOINT_NAME], "name"));
}
END_TEST

static const struct {
    const char *body;
    const char *member;
} wrong[] = {
    {"{\"name\":1}", "name"},
    {"{\"url\":[\"https://example.com\"]}", "url"},
    {"{\"description\":{}}", "description"},
    {"{\"owner_id\":7}", "owner_id"},
    {"{\"secret\":1}", "secret"},
    {"{\"secret\":{}}", "secret"},
    {"{\"http_timeout\":\"10\"}", "http_timeout"},
    {"{\"http_timeout\":10.5}", "http_timeout"},
    {"{\"rate_limit\":true}", "rate_limit"},
    {"{\"rate_limit_duration\":\"1m\"}", "rate_limit_duration"},
    {"{\"advanced_signatures\":\"true\"}", "advanced_signatures"},
    {"{\"advanced_signatures\":1}", "advanced_signatures"},
    {"{\"authentication\":\"basic\"}", "authentication"},
    {"{\"authentication\":[]}", "authentication"},
    {"{\"mtls_client_cert\":true}", "mtls_client_cert"},
    {"{\"authentication\":{\"type\":1}}", "authentication.type"},
    {"{\"authentication\":{\"basic_auth\":{\"password\":1}}}",
     "authentication.basic_auth.password"},
    {"{\"authentication\":{\"oauth2\":{\"signing_key\":{\"d\":[]}}}}",
     "authentication.oauth2.signing_key.d"},
};

START_TEST(a_member_of_the_wrong_type_is_a_fault)
{
    char message[160];

    read_body(wrong[_i].body);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, wrong[_i].member);
    (void)snprintf(message, sizeof message, "body contains incorrect JSON type for field \"%s\"",
                   wrong[_i].member);
    ck_assert_str_eq(faults.list[0].message, message);
}
END_TEST

static const struct {
    const char *body;
    const char *path;
} wrong_groups[] = {
    {"{\"authentication\":{\"api_key\":1}}", "authentication.api_key"},
    {"{\"authentication\":{\"basic_auth\":\"x\"}}", "authentication.basic_auth"},
    {"{\"authentication\":{\"oauth2\":[]}}", "authentication.oauth2"},
    {"{\"authentication\":{\"oauth2\":{\"field_mapping\":1}}}",
     "authentication.oauth2.field_mapping"},
    {"{\"authentication\":{\"oauth2\":{\"signing_key\":1}}}", "authentication.oauth2.signing_key"},
};

START_TEST(an_inner_object_of_the_wrong_type_is_named_by_its_path)
{
    read_body(wrong_groups[_i].body);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, wrong_groups[_i].path);
}
END_TEST

START_TEST(every_fault_is_named)
{
    read_body("{\"name\":1,\"secret\":2,\"rate_limit\":\"\",\"authentication\":{\"type\":[],"
              "\"oauth2\":{\"url\":1}}}");
    ck_assert_uint_eq(faults.count, 5);
    ck_assert(faults_name(&faults, "authentication.oauth2.url"));
}
END_TEST

START_TEST(an_endpoint_without_extras_is_written_so)
{
    static const char expected[] =
        "{\"uid\":\"%s\",\"project_id\":\"%s\",\"name\":\"an endpoint\","
        "\"url\":\"https://example.com/hook\",\"description\":\"\","
        "\"content_type\":\"application/"
        "json\",\"authentication\":null,\"secrets\":[{\"uid\":\"%s\","
        "\"value\":\"[REDACTED]\",\"expires_at\":null,\"created_at\":\"2026-11-23T19:08:05.123Z\","
        "\"updated_at\":\"2026-11-23T19:08:05.123Z\",\"deleted_at\":null}],\"status\":\"active\","
        "\"advanced_signatures\":true,\"signature\":{\"order\":\"oldest_first\","
        "\"formats\":[\"convoy\",\"standard\"],\"key_type\":\"hmac\"},\"http_timeout\":10,\"rate_"
        "limit\":0,"
        "\"rate_limit_duration\":0,\"failure_rate\":0,\"created_at\":\"2026-11-23T19:08:05.123Z\","
        "\"updated_at\":\"2026-11-23T19:08:05.123Z\",\"deleted_at\":null}";
    char uid[UID_SIZE];
    char project[UID_SIZE];
    char first[UID_SIZE];
    char text[2048];

    uid_format(&endpoint.uid, uid);
    uid_format(&endpoint.project, project);
    uid_format(&endpoint.secrets[0].uid, first);
    (void)snprintf(text, sizeof text, expected, uid, project, first);
    ck_assert_str_eq(written("warning"), "(absent)");
    ck_assert(text_is(buf_text(&buf), text));
}
END_TEST

static const char *const omitted[] = {"owner_id",         "support_email", "slack_webhook_url",
                                      "mtls_client_cert", "events",        "warning"};

START_TEST(what_is_empty_is_omitted_or_empty_as_the_contract_says)
{
    ck_assert_str_eq(written(omitted[_i]), "(absent)");
    ck_assert_str_eq(written("description"), "");
    ck_assert_str_eq(written("authentication"), "null");
}
END_TEST

START_TEST(authentication_shows_its_empty_parts_as_null)
{
    endpoint.members[ENDPOINT_AUTH_TYPE] = text_of("oauth2");
    endpoint.members[ENDPOINT_OAUTH2_URL] = text_of("https://id.example.com");
    ck_assert_str_eq(written("authentication.type"), "oauth2");
    ck_assert_str_eq(written("authentication.api_key"), "null");
    ck_assert_str_eq(written("authentication.basic_auth"), "null");
    ck_assert_str_eq(written("authentication.oauth2"), "{\"url\":\"https://id.example.com\"}");
}
END_TEST

START_TEST(what_is_not_shown_to_everyone_is_masked)
{
    view.secrets = _i == 1;
    sample_fill(&endpoint);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        const struct endpoint_member_info *info = &endpoint_members[i];
        const bool shown =
            info->shown == ENDPOINT_SHOWN || (info->shown == ENDPOINT_GUARDED && view.secrets);

        ck_assert_str_eq(written(info->path), shown ? info->path : "[REDACTED]");
    }
}
END_TEST

START_TEST(the_members_that_the_contract_seals_are_masked)
{
    static const char *const guarded[] = {
        "authentication.oauth2.client_secret",  "authentication.oauth2.signing_key.d",
        "authentication.oauth2.signing_key.dp", "authentication.oauth2.signing_key.dq",
        "authentication.oauth2.signing_key.p",  "authentication.oauth2.signing_key.q",
        "authentication.oauth2.signing_key.qi", "authentication.api_key.header_value"};

    sample_fill(&endpoint);
    for (int secrets = 0; secrets < 2; secrets++) {
        view.secrets = secrets == 1;
        ck_assert_str_eq(written("authentication.basic_auth.password"), "[REDACTED]");
        ck_assert_str_eq(written("mtls_client_cert.client_key"), "[REDACTED]");
        for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++)
            ck_assert_str_eq(written(guarded[i]), view.secrets ? guarded[i] : "[REDACTED]");
    }
}
END_TEST

static void add_second_secret(int64_t first_ends)
{
    const struct secret_fresh fresh = sample_fresh(9);

    endpoint.secrets[0].expires_at = first_ends;
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("second"), &fresh, SAMPLE_NOW, &arena),
                     RC_OK);
}

START_TEST(secrets_are_shown_until_the_last_millisecond)
{
    add_second_secret(SAMPLE_NOW + 1000);
    for (int64_t now = SAMPLE_NOW + 999; now <= SAMPLE_NOW + 1001; now++) {
        const bool over = now >= SAMPLE_NOW + 1000;

        view.now = now;
        ck_assert_str_eq(written("secrets.#"), over ? "1" : "2");
        ck_assert_str_eq(written("secrets.0.expires_at"),
                         over ? "null" : "2026-11-23T19:08:06.123Z");
        if (over)
            continue;
        ck_assert_str_eq(written("secrets.1.expires_at"), "null");
    }
}
END_TEST

START_TEST(the_fresh_secret_is_shown_to_whoever_made_it)
{
    add_second_secret(SAMPLE_NOW + 1000);
    view.fresh = endpoint.secrets[1].uid;
    ck_assert_str_eq(written("secrets.0.value"), "[REDACTED]");
    ck_assert_str_eq(written("secrets.1.value"), "second");
    view.secrets = true;
    ck_assert_int_eq(strncmp(written("secrets.0.value"), "whsec_", 6), 0);
    ck_assert_str_eq(written("secrets.1.value"), "second");
}
END_TEST

START_TEST(a_warning_is_written_where_there_is_one)
{
    view.warning = "look out";
    ck_assert_str_eq(written("warning"), "look out");
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *endpoint_json_suite(void)
{
    Suite *suite = suite_create("endpoint_json");
    TCase *tc = tcase_create("endpoint_json");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_text_member_is_written_where_it_is_read);
    tcase_add_loop_test(tc, an_answer_sent_back_changes_nothing, 0, 2);
    tcase_add_test(tc, an_object_replaces_the_whole_of_the_one_before);
    tcase_add_test(tc, what_everyone_sees_may_be_called_redacted);
    tcase_add_test(tc, members_that_are_no_text_are_read);
    tcase_add_loop_test(tc, what_is_absent_null_or_unknown_changes_nothing, 0, COUNT(keeping));
    tcase_add_test(tc, empty_text_clears_a_member);
    tcase_add_loop_test(tc, a_member_of_the_wrong_type_is_a_fault, 0, COUNT(wrong));
    tcase_add_loop_test(tc, an_inner_object_of_the_wrong_type_is_named_by_its_path, 0,
                        COUNT(wrong_groups));
    tcase_add_test(tc, every_fault_is_named);
    tcase_add_test(tc, an_endpoint_without_extras_is_written_so);
    tcase_add_loop_test(tc, what_is_empty_is_omitted_or_empty_as_the_contract_says, 0,
                        COUNT(omitted));
    tcase_add_test(tc, authentication_shows_its_empty_parts_as_null);
    tcase_add_loop_test(tc, what_is_not_shown_to_everyone_is_masked, 0, 2);
    tcase_add_test(tc, the_members_that_the_contract_seals_are_masked);
    tcase_add_test(tc, secrets_are_shown_until_the_last_millisecond);
    tcase_add_test(tc, the_fresh_secret_is_shown_to_whoever_made_it);
    tcase_add_test(tc, a_warning_is_written_where_there_is_one);
    suite_add_tcase(suite, tc);
    return suite;
}
