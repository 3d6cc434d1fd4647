/* SPDX-License-Identifier: MIT */
/* See page.h. */
#include "page.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_CHARS \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
#define NAME_CHARS_MAX 128U
/* Vite's folder of files with a hash in their names. */
#define FOR_EVER "/assets/"

static const struct {
    const char *suffix;
    const char *type;
} types[] = {
    {".html",        "text/html; charset=utf-8"       },
    {".js",          "text/javascript; charset=utf-8" },
    {".css",         "text/css; charset=utf-8"        },
    {".svg",         "image/svg+xml"                  },
    {".png",         "image/png"                      },
    {".json",        "application/json; charset=utf-8"},
    {".map",         "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json"      },
    {".txt",         "text/plain; charset=utf-8"      },
};

static const char *type_of(const char *path)
{
    const char *suffix = strrchr(path, '.');

    for (size_t i = 0; suffix != NULL && i < sizeof(types) / sizeof(types[0]);
         i++) {
        if (strcmp(suffix, types[i].suffix) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

/* Takes the next name off the path, which begins with "/". */
static bool next_name(const char **path, char name[NAME_CHARS_MAX + 1U])
{
    size_t chars;

    if (**path != '/') {
        return false;
    }
    ++*path;
    chars = strspn(*path, NAME_CHARS);
    if (chars == 0 || chars > NAME_CHARS_MAX || **path == '.' ||
        ((*path)[chars] != '\0' && (*path)[chars] != '/')) {
        return false;
    }
    memcpy(name, *path, chars);
    name[chars] = '\0';
    *path += chars;
    return true;
}

/* Folder by folder, so that no link is ever followed. */
static int open_below(int root_fd, const char *path)
{
    int fd = root_fd;

    while (fd >= 0 && *path != '\0') {
        char name[NAME_CHARS_MAX + 1U];
        int below = -1;

        if (next_name(&path, name)) {
            below = openat(fd, name,
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
                               (*path == '/' ? O_DIRECTORY : 0));
        }
        (void)close(fd);
        fd = below;
    }
    return fd;
}

bool duo_web_page_open(const char *page_path, const char *what,
                       struct duo_web_file *file)
{
    const char *path = strcmp(what, "/") == 0 ? "/index.html" : what;
    struct stat facts;

    file->type = type_of(path);
    file->is_for_ever = strncmp(path, FOR_EVER, strlen(FOR_EVER)) == 0;
    if (file->type == NULL) {
        return false;
    }
    file->fd =
        open_below(open(page_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
    if (file->fd < 0) {
        return false;
    }
    if (fstat(file->fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        (void)close(file->fd);
        return false;
    }
    file->size_bytes = (uint64_t)facts.st_size;
    return true;
}

bool duo_web_page_check(const char *page_path, struct duo_tool_error *error)
{
    struct duo_web_file file;

    if (!duo_web_page_open(page_path, "/", &file)) {
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "%s: there is no page here (no index.html); "
                             "build it with `scripts/web.sh build %s', or name "
                             "its folder with --page",
                             page_path, page_path);
    }
    (void)close(file.fd);
    return true;
}
