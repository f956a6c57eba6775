/* keyring: which key files are taken, which are refused and why, and which key of
 * several seals. */
#include "store/keyring.h"
#include "suites.h"
#include "support/flush_watch.h"
#include "support/log_capture.h"
#include "support/temp_dir.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "hookroll-master-key-1 "
#define KEY_A  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_B  "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA="

enum {
    LINE_LEN = sizeof PREFIX KEY_A /* with its line feed */
};

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static struct keyring *keyring;

static void setup(void)
{
    log_capture_begin();
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "master.key", path);
    keyring = NULL;
}

static void teardown(void)
{
    flush_watch_end();
    keyring_close(keyring);
    temp_dir_remove(&temp);
    log_capture_end();
}

static enum rc open_bytes(const char *bytes, size_t len)
{
    temp_dir_write(path, 0600, bytes, len);
    return keyring_open(path, &keyring);
}

static enum rc open_text(const char *text)
{
    return open_bytes(text, strlen(text));
}

static void expect_first_key(uint8_t first_byte)
{
    ck_assert_ptr_nonnull(keyring);
    ck_assert_uint_eq(keyring_sealing(keyring)->key[0], first_byte);
}

START_TEST(a_new_file_is_one_line_that_only_its_owner_can_read)
{
    char line[2 * LINE_LEN];
    uint8_t key[CRYPTO_KEY_BYTES];
    size_t len = 0;

    ck_assert_int_eq(keyring_create(path), RC_OK);
    ck_assert_uint_eq(temp_dir_mode(path), 0600);
    ck_assert_uint_eq(temp_dir_read(path, line, sizeof line), LINE_LEN);
    ck_assert_mem_eq(line, PREFIX, strlen(PREFIX));
    ck_assert_int_eq(line[LINE_LEN - 1], '\n');
    ck_assert(crypto_base64_decode(CRYPTO_BASE64, line + strlen(PREFIX), strlen(KEY_A), key,
                                   sizeof key, &len));
    ck_assert_uint_eq(len, CRYPTO_KEY_BYTES);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_OK);
    ck_assert_mem_eq(keyring_sealing(keyring)->key, key, sizeof key);
}
END_TEST

START_TEST(the_umask_does_not_open_a_new_file_to_others)
{
    mode_t before = umask(0);
    enum rc rc = keyring_create(path);

    (void)umask(before);
    ck_assert_int_eq(rc, RC_OK);
    ck_assert_uint_eq(temp_dir_mode(path), 0600);
}
END_TEST

START_TEST(a_new_file_outlasts_a_power_cut)
{
    flush_watch_begin(path, false);
    ck_assert_int_eq(keyring_create(path), RC_OK);
    ck_assert(flush_watch_saw());
}
END_TEST

START_TEST(a_new_file_that_might_not_last_is_removed)
{
    flush_watch_begin(path, true);
    ck_assert_int_eq(keyring_create(path), RC_SYSTEM);
    ck_assert(log_capture_has(path));
    ck_assert_int_ne(access(path, F_OK), 0);
    flush_watch_end();
    ck_assert_int_eq(keyring_create(path), RC_OK);
}
END_TEST

START_TEST(a_file_that_is_there_is_left_alone)
{
    char bytes[64];

    temp_dir_write(path, 0640, "mine", 4);
    ck_assert_int_eq(keyring_create(path), RC_EXISTS);
    ck_assert_uint_eq(temp_dir_read(path, bytes, sizeof bytes), 4);
    ck_assert_mem_eq(bytes, "mine", 4);
    ck_assert_uint_eq(temp_dir_mode(path), 0640);
}
END_TEST

START_TEST(a_file_cannot_be_made_where_there_is_no_directory)
{
    (void)temp_dir_path(&temp, "no/master.key", path);
    ck_assert_int_eq(keyring_create(path), RC_SYSTEM);
    ck_assert(log_capture_has(path));
}
END_TEST

START_TEST(two_new_files_hold_different_keys)
{
    char other[TEMP_PATH_SIZE];
    struct keyring *second = NULL;

    ck_assert_int_eq(keyring_create(path), RC_OK);
    ck_assert_int_eq(keyring_create(temp_dir_path(&temp, "second.key", other)), RC_OK);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_OK);
    ck_assert_int_eq(keyring_open(other, &second), RC_OK);
    ck_assert_mem_ne(keyring_sealing(keyring)->key, keyring_sealing(second)->key, CRYPTO_KEY_BYTES);
    ck_assert_ptr_null(keyring_find(keyring, keyring_sealing(second)->id));
    keyring_close(second);
}
END_TEST

START_TEST(the_first_key_seals_and_every_key_is_found)
{
    uint8_t first[KEYRING_ID_BYTES];
    const struct keyring_key *found;

    ck_assert_int_eq(open_text(PREFIX KEY_A "\n"), RC_OK);
    memcpy(first, keyring_sealing(keyring)->id, sizeof first);
    keyring_close(keyring);
    keyring = NULL;
    ck_assert_int_eq(open_text(PREFIX KEY_B "\n" PREFIX KEY_A "\n"), RC_OK);
    expect_first_key(0xFF);
    ck_assert_mem_ne(keyring_sealing(keyring)->id, first, sizeof first);
    ck_assert_ptr_eq(keyring_find(keyring, keyring_sealing(keyring)->id), keyring_sealing(keyring));
    found = keyring_find(keyring, first);
    ck_assert_ptr_nonnull(found);
    ck_assert_uint_eq(found->key[0], 0x00);
    ck_assert_uint_eq(found->key[31], 0x1F);
}
END_TEST

START_TEST(an_unknown_id_is_not_found)
{
    uint8_t id[KEYRING_ID_BYTES];

    ck_assert_int_eq(open_text(PREFIX KEY_A "\n"), RC_OK);
    for (size_t i = 0; i < sizeof id; i++) {
        memcpy(id, keyring_sealing(keyring)->id, sizeof id);
        id[i] ^= 1;
        ck_assert_ptr_null(keyring_find(keyring, id));
    }
}
END_TEST

START_TEST(an_id_says_nothing_of_its_key)
{
    const struct keyring_key *key;

    ck_assert_int_eq(open_text(PREFIX KEY_A "\n"), RC_OK);
    key = keyring_sealing(keyring);
    for (size_t i = 0; i + 3 <= sizeof key->id; i++)
        ck_assert_ptr_null(memmem(key->key, sizeof key->key, key->id + i, 3));
}
END_TEST

START_TEST(a_damaged_key_has_another_id)
{
    uint8_t id[KEYRING_ID_BYTES];

    ck_assert_int_eq(open_text(PREFIX KEY_A "\n"), RC_OK);
    memcpy(id, keyring_sealing(keyring)->id, sizeof id);
    keyring_close(keyring);
    keyring = NULL;
    ck_assert_int_eq(open_text(PREFIX "BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"), RC_OK);
    ck_assert_ptr_null(keyring_find(keyring, id));
}
END_TEST

static const char *const good[] = {
    PREFIX KEY_A "\n",
    PREFIX KEY_A,
    "\n\n" PREFIX KEY_A "\n\n",
    "# a comment\n" PREFIX KEY_A "\n# and another",
    "#" PREFIX KEY_B "\n" PREFIX KEY_A "\n",
    PREFIX KEY_A "\n#\n\n" PREFIX KEY_B "\n",
};

START_TEST(comments_and_empty_lines_are_skipped)
{
    ck_assert_int_eq(open_text(good[_i]), RC_OK);
    expect_first_key(0x00);
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

static const char *const malformed[] = {
    "",
    "\n",
    "# only a comment\n",
    KEY_A "\n",
    "hookroll-master-key-1\n",
    PREFIX "\n",
    "hookroll-master-key-1" KEY_A "\n",
    "hookroll-master-key-2 " KEY_A "\n",
    "Hookroll-master-key-1 " KEY_A "\n",
    PREFIX PREFIX KEY_A "\n",
    PREFIX KEY_A KEY_B "\n",
    PREFIX KEY_A " # mine\n",
    PREFIX KEY_A "=\n",
    PREFIX "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",       /* no padding */
    PREFIX "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh==\n",      /* 31 bytes */
    PREFIX "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n",      /* 33 bytes */
    PREFIX "__79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OPi4eA=\n",      /* the other alphabet */
    PREFIX "AAECAwQFBgcICQoLDA0O DxAREhMUFRYXGBkaGxwdHh8=\n",     /* a space within */
    PREFIX "AAECAwQFBgcICQoLDA0O\nDxAREhMUFRYXGBkaGxwdHh8=\n",    /* in two lines */
    PREFIX KEY_A "\n" PREFIX "AAECAwQFBgcICQoLDA0ODxAREhMUFRY\n", /* the second one */
    PREFIX KEY_A "\nx\n",
};

START_TEST(a_malformed_file_is_refused)
{
    ck_assert_int_eq(open_text(malformed[_i]), RC_KEY);
    ck_assert_ptr_null(keyring);
    ck_assert(log_capture_has(path));
}
END_TEST

START_TEST(a_nul_byte_ends_no_line)
{
    static const char bytes[] = PREFIX KEY_A "\0\n";

    ck_assert_int_eq(open_bytes(bytes, sizeof bytes - 1), RC_KEY);
}
END_TEST

START_TEST(a_refusal_does_not_log_the_key)
{
    ck_assert_int_eq(open_text(PREFIX KEY_A "x\n"), RC_KEY);
    ck_assert_uint_gt(log_capture_count(), 0);
    ck_assert(!log_capture_has("AAECAw"));
}
END_TEST

static size_t many_keys(char *to, int keys)
{
    size_t len = 0;

    for (int i = 0; i < keys; i++) {
        memcpy(to + len, PREFIX KEY_A "\n", LINE_LEN);
        to[len + strlen(PREFIX)] = (char)('A' + i);
        len += LINE_LEN;
    }
    return len;
}

START_TEST(sixteen_keys_are_taken_and_one_more_is_not)
{
    char file[(KEYRING_KEYS_MAX + 1) * LINE_LEN];

    ck_assert_int_eq(open_bytes(file, many_keys(file, KEYRING_KEYS_MAX + 1)), RC_KEY);
    ck_assert_int_eq(open_bytes(file, many_keys(file, KEYRING_KEYS_MAX)), RC_OK);
    expect_first_key(0x00);
}
END_TEST

START_TEST(a_file_too_large_for_a_key_file_is_refused)
{
    static char file[1 << 20];

    memset(file, '\n', sizeof file);
    memcpy(file, PREFIX KEY_A, LINE_LEN - 1);
    ck_assert_int_eq(open_bytes(file, sizeof file), RC_KEY);
    ck_assert(log_capture_has(path));
    ck_assert_int_eq(open_bytes(file, 4096), RC_OK);
}
END_TEST

static const mode_t private_modes[] = {0600, 0400, 0700};

START_TEST(a_file_of_its_owner_alone_is_taken)
{
    temp_dir_write(path, private_modes[_i], PREFIX KEY_A, LINE_LEN - 1);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_OK);
}
END_TEST

static enum rc open_with(mode_t mode)
{
    temp_dir_write(path, mode, PREFIX KEY_A, LINE_LEN - 1);
    return keyring_open(path, &keyring);
}

START_TEST(a_credential_of_the_service_may_be_readable_by_its_group)
{
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", temp.path, 1), 0);
    ck_assert_int_eq(open_with(0444), RC_KEY);
    ck_assert_int_eq(open_with(0460), RC_KEY);
    ck_assert_int_eq(open_with(0440), RC_OK);
    keyring_close(keyring);
    keyring = NULL;
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "/run/credentials/other", 1), 0);
    ck_assert_int_eq(open_with(0440), RC_KEY);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "", 1), 0);
    ck_assert_int_eq(open_with(0440), RC_KEY);
    (void)unsetenv("CREDENTIALS_DIRECTORY");
}
END_TEST

static const mode_t shared_modes[] = {0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666, 0440, 0777};

START_TEST(a_file_open_to_others_is_refused)
{
    temp_dir_write(path, shared_modes[_i], PREFIX KEY_A, LINE_LEN - 1);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_KEY);
    ck_assert_ptr_null(keyring);
    ck_assert(log_capture_has(path));
}
END_TEST

START_TEST(a_missing_file_is_refused)
{
    ck_assert_int_eq(keyring_open(path, &keyring), RC_KEY);
    ck_assert(log_capture_has(path));
}
END_TEST

START_TEST(a_directory_is_no_key_file)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_KEY);
    ck_assert(log_capture_has(path));
}
END_TEST

START_TEST(closing_nothing_is_let_pass)
{
    keyring_close(NULL);
    ck_assert_int_eq(keyring_create(path), RC_OK);
}
END_TEST

Suite *keyring_suite(void)
{
    Suite *suite = suite_create("keyring");
    TCase *tc = tcase_create("keyring");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_new_file_is_one_line_that_only_its_owner_can_read);
    tcase_add_test(tc, the_umask_does_not_open_a_new_file_to_others);
    tcase_add_test(tc, a_new_file_outlasts_a_power_cut);
    tcase_add_test(tc, a_new_file_that_might_not_last_is_removed);
    tcase_add_test(tc, a_file_that_is_there_is_left_alone);
    tcase_add_test(tc, a_file_cannot_be_made_where_there_is_no_directory);
    tcase_add_test(tc, two_new_files_hold_different_keys);
    tcase_add_test(tc, the_first_key_seals_and_every_key_is_found);
    tcase_add_test(tc, an_unknown_id_is_not_found);
    tcase_add_test(tc, an_id_says_nothing_of_its_key);
    tcase_add_test(tc, a_damaged_key_has_another_id);
    tcase_add_loop_test(tc, comments_and_empty_lines_are_skipped, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(tc, a_malformed_file_is_refused, 0, sizeof malformed / sizeof malformed[0]);
    tcase_add_test(tc, a_nul_byte_ends_no_line);
    tcase_add_test(tc, a_refusal_does_not_log_the_key);
    tcase_add_test(tc, sixteen_keys_are_taken_and_one_more_is_not);
    tcase_add_test(tc, a_file_too_large_for_a_key_file_is_refused);
    tcase_add_test(tc, a_credential_of_the_service_may_be_readable_by_its_group);
    tcase_add_loop_test(tc, a_file_of_its_owner_alone_is_taken, 0,
                        sizeof private_modes / sizeof private_modes[0]);
    tcase_add_loop_test(tc, a_file_open_to_others_is_refused, 0,
                        sizeof shared_modes / sizeof shared_modes[0]);
    tcase_add_test(tc, a_missing_file_is_refused);
    tcase_add_test(tc, a_directory_is_no_key_file);
    tcase_add_test(tc, closing_nothing_is_let_pass);
    suite_add_tcase(suite, tc);
    return suite;
}
