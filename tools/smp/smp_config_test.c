/* SPDX-License-Identifier: MIT */
/* Which device is meant, and what could be one. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"
#include "discover.h"

static char root[] = "/tmp/duo-smp-config-XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[PATH_MAX];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", root, name);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void make_dir(const char *name)
{
    char path[PATH_MAX];

    (void)snprintf(path, sizeof(path), "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void assert_device(const char *option, const char *expected)
{
    struct duo_tool_error error;
    char *url = duo_config_device(option, &error);

    if (url == NULL) {
        fail_msg("%s", error.text);
    }
    assert_string_equal(url, expected);
    free(url);
}

static void assert_refused(const char *option, const char *word)
{
    struct duo_tool_error error;
    char *url = duo_config_device(option, &error);

    assert_null(url);
    if (strstr(error.text, word) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.text, word);
    }
}

static void option_comes_before_environment_before_file(void **state)
{
    (void)state;
    assert_refused(NULL, "no device is said");
    write_file("duoboot/config.yml", "device: bench\n"
                                     "devices:\n"
                                     "  bench: serial:/dev/ttyACM0\n"
                                     "  lab: udp:192.0.2.2\n");
    assert_device(NULL, "serial:/dev/ttyACM0");
    assert_int_equal(setenv(DUO_CONFIG_DEVICE_VARIABLE, "lab", 1), 0);
    assert_device(NULL, "udp:192.0.2.2");
    assert_device("raw:/dev/ttyACM1", "raw:/dev/ttyACM1");
    assert_device("bench", "serial:/dev/ttyACM0");
    assert_refused("attic", "attic");
    assert_int_equal(unsetenv(DUO_CONFIG_DEVICE_VARIABLE), 0);
}

static void wrong_file_is_told_with_its_line(void **state)
{
    static const char *const cases[][2] = {
        {"device: [1]\n",         "config.yml:1"},
        {"\nport: x\n",           "config.yml:2"},
        {"devices:\n  a: word\n", "config.yml:2"},
        {"devices: 7\n",          "config.yml:1"},
        {"device: \"\n",          "config.yml:" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_file("duoboot/config.yml", cases[i][0]);
        assert_refused(NULL, cases[i][1]);
    }
    write_file("duoboot/config.yml", "");
    assert_refused(NULL, "no device is said");
}

static void link_to(const char *target, const char *name)
{
    char path[PATH_MAX];

    (void)snprintf(path, sizeof(path), "%s/%s", root, name);
    assert_int_equal(symlink(target, path), 0);
}

static void make_sysfs(void)
{
    make_dir("sys");
    make_dir("sys/class");
    make_dir("sys/class/tty");
    make_dir("sys/class/tty/ttyACM0");
    make_dir("sys/class/tty/ttyS0");
    make_dir("sys/class/tty/ttyS1");
    make_dir("sys/class/tty/tty1");
    make_dir("sys/usb");
    make_dir("sys/usb/port");
    make_dir("sys/serial");
    write_file("sys/usb/idVendor", "1366\n");
    write_file("sys/usb/idProduct", "1051\n");
    write_file("sys/usb/manufacturer", "SEGGER\n");
    write_file("sys/usb/product", "J-\033Link\n");
    write_file("sys/usb/serial", "001\n");
    link_to("../../../usb/port", "sys/class/tty/ttyACM0/device");
    link_to("../../../serial", "sys/class/tty/ttyS0/device");
    link_to("../../../serial", "sys/class/tty/ttyS1/device");
    write_file("sys/class/tty/ttyS0/type", "0\n");
    write_file("sys/class/tty/ttyS1/type", "4\n");
}

static void ports_are_found_with_their_names(void **state)
{
    char sysfs[PATH_MAX];
    const struct duo_discover discover = {.sysfs_root = sysfs};
    struct duo_found_list found = {0};

    (void)state;
    make_sysfs();
    (void)snprintf(sysfs, sizeof(sysfs), "%s/sys", root);
    duo_discover_serial(&discover, &found);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.list[0].url, "serial:/dev/ttyACM0");
    assert_string_equal(found.list[0].what,
                        "SEGGER J-?Link (USB 1366:1051, serial number 001)");
    assert_string_equal(found.list[1].url, "serial:/dev/ttyS1");
    assert_string_equal(found.list[1].what, "serial port");
    duo_found_free(&found);
}

static void boards_are_found_in_their_directories(void **state)
{
    const char *dirs[2];
    char board[PATH_MAX];
    const struct duo_discover discover = {.board_dirs = dirs,
                                          .board_dir_count = 2};
    struct duo_found_list found = {0};

    (void)state;
    make_dir("board");
    write_file("board/board.json", "{}");
    (void)snprintf(board, sizeof(board), "%s/board", root);
    dirs[0] = root;
    dirs[1] = board;
    duo_discover_boards(&discover, &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.list[0].url + 6, board);
    duo_found_free(&found);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(root) == NULL || setenv("XDG_CONFIG_HOME", root, 1) != 0 ||
        unsetenv(DUO_CONFIG_DEVICE_VARIABLE) != 0) {
        return -1;
    }
    make_dir("duoboot");
    return 0;
}

static int tear_down(void **state)
{
    char command[sizeof(root) + 16];

    (void)state;
    (void)snprintf(command, sizeof(command), "rm -r %s", root);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(option_comes_before_environment_before_file),
        cmocka_unit_test(wrong_file_is_told_with_its_line),
        cmocka_unit_test(ports_are_found_with_their_names),
        cmocka_unit_test(boards_are_found_in_their_directories),
    };

    return cmocka_run_group_tests_name("smp_config", tests, set_up, tear_down);
}
