/* endpoint: the table of its members and that of their groups, held against themselves and
 * against what is stored; which group stands within which, and which is empty. */
#include "domain/endpoint.h"
#include "suites.h"
#include "support/endpoint_fixture.h"

#include <stdio.h>
#include <string.h>

static struct endpoint endpoint;

static void setup(void)
{
    endpoint_fixture_make(&endpoint);
}

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
        ck_assert_msg(info->max > 0 && info->max <= ENDPOINT_FIXTURE_LARGEST, "%s has no size",
                      info->path);
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

START_TEST(a_group_stands_within_itself_and_those_around_it)
{
    for (int i = 0; i < ENDPOINT_GROUPS; i++)
        for (int j = 0; j < ENDPOINT_GROUPS; j++)
            ck_assert_msg(
                endpoint_group_within((enum endpoint_group)i, (enum endpoint_group)j) ==
                    endpoint_fixture_stands_within((enum endpoint_group)i, (enum endpoint_group)j),
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
            endpoint.members[member] = text_of("set");
        for (int group = 0; group < ENDPOINT_GROUPS; group++) {
            const bool filled =
                member >= 0 && endpoint_fixture_stands_within(endpoint_members[member].group,
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
    endpoint.members[ENDPOINT_CLIENT_KEY] = text_of("");
    ck_assert(endpoint_group_is_empty(&endpoint, ENDPOINT_MTLS_CLIENT_CERT));
    ck_assert(endpoint_group_is_empty(&endpoint, ENDPOINT_ROOT));
}
END_TEST

Suite *endpoint_members_suite(void)
{
    Suite *suite = suite_create("endpoint_members");
    TCase *table = tcase_create("table");
    TCase *groups = tcase_create("groups");

    tcase_add_loop_test(table, a_member_keeps_the_number_it_is_stored_under, 0, STORED);
    tcase_add_test(table, every_row_of_the_table_is_filled);
    tcase_add_test(table, every_group_has_a_name_and_a_parent_before_it);
    tcase_add_test(table, a_path_is_the_names_of_the_groups_and_the_member_s);
    tcase_add_test(table, a_group_s_path_is_the_names_of_the_groups);
    tcase_add_test(table, no_two_members_share_a_path);
    tcase_add_test(table, every_path_fits_a_fault);
    tcase_add_test(table, there_is_room_for_a_fault_of_every_member);
    tcase_add_test(table, no_secret_member_is_shown_to_everyone);
    suite_add_tcase(suite, table);

    tcase_add_checked_fixture(groups, setup, NULL);
    tcase_add_test(groups, a_group_stands_within_itself_and_those_around_it);
    tcase_add_test(groups, a_group_is_empty_until_a_member_within_it_is_set);
    tcase_add_test(groups, an_empty_member_does_not_fill_its_group);
    suite_add_tcase(suite, groups);
    return suite;
}
