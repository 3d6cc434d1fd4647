/* SPDX-License-Identifier: MIT */
/* Serial ports, as the kernel lists them in /sys/class/tty: those that have a
 * device behind them. */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "discover.h"

#define WORD_BYTES 128U
/* The interface, the device and perhaps a port of an adapter. */
#define LEVELS_UP_MAX 4U

struct usb {
    char vendor[WORD_BYTES];
    char product[WORD_BYTES];
    char serial[WORD_BYTES];
    char vendor_id[WORD_BYTES];
    char product_id[WORD_BYTES];
};

/* The first line of a small file, without control characters. */
static bool read_word(const char *dir, const char *key, char word[WORD_BYTES])
{
    char path[PATH_MAX];
    int chars = snprintf(path, sizeof(path), "%s/%s", dir, key);
    FILE *file;
    bool done;

    word[0] = '\0';
    if (chars < 0 || (size_t)chars >= sizeof(path)) {
        return false;
    }
    file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    done = fgets(word, (int)WORD_BYTES, file) != NULL;
    (void)fclose(file);
    word[strcspn(word, "\n")] = '\0';
    for (char *at = word; *at != '\0'; at++) {
        *at = iscntrl((unsigned char)*at) != 0 ? '?' : *at;
    }
    return done;
}

/* The USB device is one of the directories above the port's. */
static bool find_usb(const char *device_path, struct usb *usb)
{
    char dir[PATH_MAX];

    if (realpath(device_path, dir) == NULL) {
        return false;
    }
    for (unsigned level = 0; level < LEVELS_UP_MAX; level++) {
        char *slash = strrchr(dir, '/');

        if (read_word(dir, "idVendor", usb->vendor_id)) {
            (void)read_word(dir, "idProduct", usb->product_id);
            (void)read_word(dir, "manufacturer", usb->vendor);
            (void)read_word(dir, "product", usb->product);
            (void)read_word(dir, "serial", usb->serial);
            return true;
        }
        if (slash == NULL || slash == dir) {
            return false;
        }
        *slash = '\0';
    }
    return false;
}

static void describe(const struct usb *usb, char *text, size_t room_bytes)
{
    bool has_serial = usb->serial[0] != '\0';

    (void)snprintf(text, room_bytes, "%s%s%s (USB %s:%s%s%s)", usb->vendor,
                   usb->vendor[0] != '\0' && usb->product[0] != '\0' ? " " : "",
                   usb->product, usb->vendor_id, usb->product_id,
                   has_serial ? ", serial number " : "", usb->serial);
}

/* A port that is soldered on has a driver; of those the kernel lists more than
 * there are, marked as type 0. */
static bool is_real(const char *class_dir)
{
    char type[WORD_BYTES];

    return !read_word(class_dir, "type", type) || strcmp(type, "0") != 0;
}

static void add_port(const struct duo_discover *discover, const char *name,
                     struct duo_found_list *found)
{
    const char *sysfs =
        discover->sysfs_root == NULL ? "/sys" : discover->sysfs_root;
    const char *dev = discover->dev_root == NULL ? "/dev" : discover->dev_root;
    char class_dir[PATH_MAX];
    char path[PATH_MAX];
    char url[PATH_MAX + 16];
    char what[5U * WORD_BYTES + 32U] = "serial port";
    struct usb usb = {0};
    int chars =
        snprintf(class_dir, sizeof(class_dir), "%s/class/tty/%s", sysfs, name);

    if (chars < 0 || (size_t)chars + sizeof("/device") > sizeof(class_dir)) {
        return;
    }
    (void)snprintf(path, sizeof(path), "%.*s/device", chars, class_dir);
    if (access(path, F_OK) != 0 || !is_real(class_dir)) {
        return;
    }
    if (find_usb(path, &usb)) {
        describe(&usb, what, sizeof(what));
    }
    (void)snprintf(url, sizeof(url), "serial:%s/%s", dev, name);
    duo_found_add(found, url, what, 0);
}

static int is_tty(const struct dirent *entry)
{
    return strncmp(entry->d_name, "tty", 3) == 0;
}

void duo_discover_serial(const struct duo_discover *discover,
                         struct duo_found_list *found)
{
    const char *sysfs =
        discover->sysfs_root == NULL ? "/sys" : discover->sysfs_root;
    struct dirent **entries = NULL;
    char dir[PATH_MAX];
    int count;

    (void)snprintf(dir, sizeof(dir), "%s/class/tty", sysfs);
    count = scandir(dir, &entries, is_tty, versionsort);
    for (int i = 0; i < count; i++) {
        add_port(discover, entries[i]->d_name, found);
        free(entries[i]);
    }
    free(entries);
}
