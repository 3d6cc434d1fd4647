/* SPDX-License-Identifier: MIT */
/* The zip that the phone apps upload (dfu_application.zip): images and a
 * manifest.json that says which image is for which core. Read from hostile
 * bytes, checked against what each reader of it needs, and made. */
#ifndef DUO_TOOL_PACKAGE_H
#define DUO_TOOL_PACKAGE_H

#include <stdint.h>

#include "duo/image.h"
#include "file.h"

#define DUO_PACKAGE_MANIFEST       "manifest.json"
#define DUO_PACKAGE_ENTRIES_MAX    16U
#define DUO_PACKAGE_MANIFEST_BYTES 65536U

/* What the apps take for granted where a manifest does not say. */
#define DUO_PACKAGE_IMAGE_DEFAULT 0U
#define DUO_PACKAGE_SLOT_DEFAULT  1U

/* The two apps do not read a manifest the same way. */
enum duo_package_app { DUO_PACKAGE_ANDROID, DUO_PACKAGE_IOS };
#define DUO_PACKAGE_APP_COUNT 2U

struct duo_package_target {
    uint32_t image_index; /* SMP image number: 0 app, 1 net; <= 255. */
    uint32_t slot;        /* SMP slot that it is uploaded to; <= 255. */
};

/* One file of the manifest. Texts are never NULL; empty: not in the manifest.
 * Texts hold no control characters, so they may be printed. */
struct duo_package_entry {
    char *file; /* Its name in the zip. */
    char *type; /* "application", "bin", "mcuboot" and so on. */
    char *board;
    char *soc;
    char *version;                /* As the vendor's build writes it. */
    struct duo_tool_buffer bytes; /* The file; never empty. */
    uint32_t image_index;         /* SMP image number: 0 app, 1 net; <= 255. */
    uint32_t slot;                /* SMP slot that it is uploaded to; <= 255. */
    /* Where each app uploads it to, if it can read the package at all. */
    struct duo_package_target seen_by[DUO_PACKAGE_APP_COUNT];
    uint32_t load_addr; /* 0: not in the manifest. */
    bool is_direct_xip; /* Runs where it is uploaded to. */
};

struct duo_package {
    char *name;      /* Never NULL; may be empty. */
    int64_t time_s;  /* Of the build, since 1970; 0: not said. */
    uint32_t format; /* The manifest's format-version: 0 or 1. */
    struct duo_package_entry *entries; /* In the manifest's order. */
    size_t count;                      /* At least 1. */
    struct duo_tool_buffer manifest;   /* manifest.json, as it is there. */
    bool is_streamable; /* The files can be read front to back, as Android
                           does, without the directory at the end. */
};

/** True if @p bytes begin as a zip does, so that a file that is given for
 * upload can be told from an image. */
bool duo_package_is_zip(struct duo_bytes bytes);

/**
 * Read a package whole: every file that the manifest names is there with its
 * right CRC, and nothing else is.
 *
 * What the vendor's build writes is understood in all its forms: numbers as
 * strings, format-version 0 and 1, unknown keys. Only what cannot be meant is
 * an error here; duo_package_check() tells what else a phone app dislikes.
 *
 * @param label  Names the bytes in messages: a path.
 * @return false with INPUT (message names the file in the zip and the field),
 *         REFUSED (a SUIT package) or IO. Only a success needs
 *         duo_package_free().
 */
bool duo_package_parse(const char *label, struct duo_bytes bytes,
                       struct duo_package *package,
                       struct duo_tool_error *error);

/** The same with the file at @p path. */
bool duo_package_read(const char *path, struct duo_package *package,
                      struct duo_tool_error *error);
void duo_package_free(struct duo_package *package);

/* What duo_package_check() found. */
enum duo_package_severity {
    DUO_PACKAGE_ERROR,   /* Some reader of it, or the board, goes wrong. */
    DUO_PACKAGE_WARNING, /* Works, but is probably not what was meant. */
};

struct duo_package_finding {
    enum duo_package_severity severity;
    const char *who; /* "Android app", "iOS app", "board" or "all". */
    char place[96];  /* The file in the zip, and the field. */
    char sentence[256];
};

struct duo_package_findings {
    struct duo_package_finding *list;
    size_t count;
    size_t error_count;
};

/** "Android app" and "iOS app". */
const char *duo_package_app_name(enum duo_package_app app);

/** Every rule that either phone app or our board would trip over. Digests are
 * always checked, signatures if @p trust has keys. */
void duo_package_check(const struct duo_package *package,
                       const struct duo_trust *trust,
                       struct duo_package_findings *findings);
void duo_package_findings_free(struct duo_package_findings *findings);

/* One image of a package to be made. */
struct duo_package_part {
    const char *path; /* For messages and for the name in the zip. */
    struct duo_tool_buffer bytes; /* The signed image, raw. */
    struct duo_image image;       /* Parsed: its core is known. */
};

struct duo_package_plan {
    const char *name;  /* NULL: none. */
    const char *board; /* Without the core: "nrf5340dk/nrf5340". */
    int64_t time_s;    /* The time of everything in the zip. */
    const struct duo_package_part *parts; /* Their order is kept. */
    size_t count;                         /* 1..DUO_PACKAGE_ENTRIES_MAX. */
    const struct duo_trust *trust;        /* Where the cores execute. */
};

/** Make the zip: the same plan gives the same bytes. Fails with USAGE (a name
 * that cannot be told to both apps) or INTERNAL. Appends to @p out. */
bool duo_package_write(const struct duo_package_plan *plan,
                       struct duo_tool_buffer *out,
                       struct duo_tool_error *error);

#endif
