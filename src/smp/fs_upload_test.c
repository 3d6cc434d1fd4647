/* SPDX-License-Identifier: MIT */
/* Group 8, files that clients write: chunks in and out of order, two clients,
 * uploads that break off. */
#include "fs_rig.h"

/* --- Chunks --- */

static void a_file_is_there_once_its_last_byte_came(void **state)
{
    (void)state;
    put_first(10, "0123", "{'off':4}");
    assert_absent("/ram/a");
    put_more(4, "4567", "{'off':8}");
    assert_absent("/ram/a");
    put_more(8, "89", "{'off':10}");
    assert_content("/ram/a", "0123456789");
    assert_int_equal(watch.finishes, 1);
    assert_int_equal(watch.drops, 0);
}

static void an_empty_file_is_whole_with_its_first_chunk(void **state)
{
    (void)state;
    put_first(0, "", "{'off':0}");
    assert_content("/ram/a", "");
    put((struct chunk){"/ram/b", 0, 0, NULL, 0, false}, "{'off':0}");
    assert_content("/ram/b", "");
}

static void a_chunk_without_data_changes_nothing(void **state)
{
    (void)state;
    put_first(4, NULL, "{'off':0}");
    put_more(0, "ab", "{'rc':3}"); /* Offset 0 needs the length. */
    put_first(4, "", "{'off':0}");
    put_first(4, "ab", "{'off':2}");
    put_more(2, NULL, "{'off':2}");
    put_more(2, "cd", "{'off':4}");
    put_more(4, NULL, "{'off':4}");
    assert_content("/ram/a", "abcd");
    assert_int_equal(watch.finishes, 1);
}

static void offset_0_begins_anew(void **state)
{
    (void)state;
    put_first(6, "xxxx", "{'off':4}");
    put_first(5, "01", "{'off':2}");
    put_more(2, "234", "{'off':5}");
    assert_content("/ram/a", "01234");
    put_first(2, "ab", "{'off':2}");
    assert_content("/ram/a", "ab");
}

/* Its answer was lost: it came twice. */
static void
a_chunk_that_came_before_is_answered_with_what_is_wanted(void **state)
{
    (void)state;
    put_first(6, "01", "{'off':2}");
    put_more(2, "23", "{'off':4}");
    put_more(2, "23", "{'off':4}");
    put_more(1, "123", "{'off':4}");
    put_more(4, "45", "{'off':6}");
    put_more(4, "45", "{'off':6}");
    assert_content("/ram/a", "012345");
    assert_int_equal(watch.finishes, 1);
}

static void a_gap_is_refused_with_the_offset_that_is_wanted(void **state)
{
    (void)state;
    put_first(6, "01", "{'off':2}");
    put_more(3, "3", WANTED(2));
    put_more(UINT64_MAX, "3", WANTED(2));
    put((struct chunk){"/ram/a", 4, NO_LEN, "45", 0, true}, "{'rc':1}");
    put_more(2, "2345", "{'off':6}");
    assert_content("/ram/a", "012345");
    put_more(7, "7", WANTED(6));
}

static void more_than_was_announced_is_refused(void **state)
{
    (void)state;
    put_first(3, "0123", "{'rc':3}");
    put_first(3, "01", "{'off':2}");
    put_more(2, "23", "{'rc':3}");
    put_more(1, "123", "{'rc':3}");
    put_more(3, "3", WANTED(2));
    put_more(2, "2", "{'off':3}");
    put_more(3, "3", "{'rc':3}");
    assert_content("/ram/a", "012");
}

/* --- Uploads that break off --- */

static void an_upload_that_breaks_off_leaves_the_old_file(void **state)
{
    (void)state;
    put_first(3, "old", "{'off':3}");
    put_first(6, "new", "{'off':3}");
    assert_content("/ram/a", "old");
    close_file();
    assert_int_equal(watch.drops, 1);
    put_more(3, "est", WANTED(0));
    assert_content("/ram/a", "old");
    close_file();
    assert_int_equal(watch.drops, 1);
}

static void another_upload_ends_the_first(void **state)
{
    (void)state;
    put_first(600, "01", "{'off':2}");
    put((struct chunk){"/ram/b", 0, 600, "ab", 0, false}, "{'off':2}");
    assert_int_equal(watch.drops, 1);
    put_more(2, "23", WANTED(0));
    assert_absent("/ram/a");
    /* Never begun. */
    put((struct chunk){"/ram/c", 2, NO_LEN, "ab", 0, false}, WANTED(0));
}

/* Both write /ram/a with chunks of the same offsets. */
static void two_clients_do_not_mix_their_chunks(void **state)
{
    (void)state;
    put_first(4, "01", "{'off':2}");
    put((struct chunk){"/ram/a", 0, 4, "ab", 7, false}, "{'off':2}");
    put_more(2, "23", WANTED(0));
    put((struct chunk){"/ram/a", 2, NO_LEN, "cd", 7, false}, "{'off':4}");
    assert_content("/ram/a", "abcd");
}

static void a_product_may_leave_clients_untold_apart(void **state)
{
    (void)state;
    fs.server = NULL;
    put_first(4, "01", "{'off':2}");
    put((struct chunk){"/ram/a", 2, NO_LEN, "23", 7, false}, "{'off':4}");
    assert_content("/ram/a", "0123");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_there_once_its_last_byte_came),
        TEST(an_empty_file_is_whole_with_its_first_chunk),
        TEST(a_chunk_without_data_changes_nothing),
        TEST(offset_0_begins_anew),
        TEST(a_chunk_that_came_before_is_answered_with_what_is_wanted),
        TEST(a_gap_is_refused_with_the_offset_that_is_wanted),
        TEST(more_than_was_announced_is_refused),
        TEST(an_upload_that_breaks_off_leaves_the_old_file),
        TEST(another_upload_ends_the_first),
        TEST(two_clients_do_not_mix_their_chunks),
        TEST(a_product_may_leave_clients_untold_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
