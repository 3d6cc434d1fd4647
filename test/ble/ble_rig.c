/* SPDX-License-Identifier: MIT */
/* A bus with a double of BlueZ; see ble_rig.h. DUO_BLUEZ_DOUBLE and
 * DUO_BLE_BUS_CONFIG are paths, from the build. */
#include "ble_rig.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "calls.h"

#define OPTIONS_MAX 8U

/* Start a program; its first line of output goes into @p line. */
static pid_t spawn(const char *const *words, char *line, size_t room_bytes)
{
    int fds[2];
    pid_t pid;
    FILE *output;

    assert_int_equal(pipe(fds), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        /* Whatever becomes of the test, nothing is left behind. */
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)dup2(fds[1], STDOUT_FILENO);
        (void)close(fds[0]);
        (void)close(fds[1]);
        (void)execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    (void)close(fds[1]);
    output = fdopen(fds[0], "r");
    assert_non_null(output);
    if (fgets(line, (int)room_bytes, output) == NULL) {
        line[0] = '\0';
    }
    (void)fclose(output);
    line[strcspn(line, "\n")] = '\0';
    return pid;
}

static void end(pid_t *pid)
{
    if (*pid > 0) {
        (void)kill(*pid, SIGKILL);
        (void)waitpid(*pid, NULL, 0);
    }
    *pid = 0;
}

bool duo_ble_rig_is_possible(void)
{
    return system("command -v dbus-daemon >/dev/null") == 0;
}

void duo_ble_rig_open(struct duo_ble_rig *rig)
{
    static const char *const words[] = {"dbus-daemon",
                                        "--config-file=" DUO_BLE_BUS_CONFIG,
                                        "--nofork", "--print-address", NULL};

    *rig = (struct duo_ble_rig){.dir = "/tmp/duo-ble-XXXXXX"};
    assert_non_null(mkdtemp(rig->dir));
    rig->bus_pid = spawn(words, rig->address, sizeof(rig->address));
    assert_string_not_equal(rig->address, "");
    assert_int_equal(setenv("DUOBOOT_BLE_BUS", rig->address, 1), 0);
}

void duo_ble_rig_start(struct duo_ble_rig *rig, const char *options)
{
    const char *words[OPTIONS_MAX + 4] = {DUO_BLUEZ_DOUBLE};
    size_t count = 1;
    char images[128];
    char text[256];
    char line[32];
    char *rest = text;
    char *word;

    (void)snprintf(images, sizeof(images), "--images=%s", rig->dir);
    words[count++] = images;
    (void)snprintf(text, sizeof(text), "%s", options);
    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        assert_true(count < OPTIONS_MAX + 2);
        words[count++] = word;
    }
    words[count] = rig->address;
    rig->double_pid = spawn(words, line, sizeof(line));
    assert_string_equal(line, "ready");
}

void duo_ble_rig_crash(struct duo_ble_rig *rig)
{
    end(&rig->double_pid);
}

void duo_ble_rig_stop(struct duo_ble_rig *rig)
{
    duo_link_destroy(rig->link);
    rig->link = NULL;
    end(&rig->double_pid);
}

static void remove_image(const struct duo_ble_rig *rig, const char *name)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
    (void)unlink(path);
}

void duo_ble_rig_close(struct duo_ble_rig *rig)
{
    duo_ble_rig_stop(rig);
    end(&rig->bus_pid);
    remove_image(rig, "app.bin");
    remove_image(rig, "net.bin");
    (void)rmdir(rig->dir);
}

bool duo_ble_rig_connect(struct duo_ble_rig *rig, const char *url,
                         struct duo_tool_error *error)
{
    duo_link_destroy(rig->link);
    rig->link = duo_link_create(url, error);
    if (rig->link == NULL) {
        return false;
    }
    duo_client_init(&rig->client, rig->link);
    return rig->link->ops->open(rig->link, error);
}

void duo_ble_rig_require(bool done, const struct duo_tool_error *error)
{
    if (!done) {
        fail_msg("%s", error->text);
    }
}

void duo_ble_rig_begin(struct duo_ble_rig *rig, const char *options)
{
    struct duo_tool_error error;

    duo_ble_rig_start(rig, options);
    duo_ble_rig_require(duo_ble_rig_connect(rig, DUO_BLE_ADDRESS_URL, &error),
                        &error);
}

void duo_ble_rig_echo(struct duo_ble_rig *rig, const char *text)
{
    struct duo_tool_error error;
    char *reply = NULL;

    duo_ble_rig_require(duo_client_echo(&rig->client, text, &reply, &error),
                        &error);
    assert_string_equal(reply, text);
    free(reply);
}

void duo_ble_rig_image(const struct duo_ble_rig *rig, const char *name,
                       struct duo_tool_buffer *image)
{
    struct duo_tool_error error;
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
    if (!duo_tool_file_read(path, image, &error)) {
        fail_msg("%s", error.text);
    }
}

int duo_ble_rig_set_up(void **state)
{
    static struct duo_ble_rig rig;

    duo_ble_rig_open(&rig);
    *state = &rig;
    return 0;
}

int duo_ble_rig_tear_down(void **state)
{
    duo_ble_rig_close(*state);
    return 0;
}
