/* SPDX-License-Identifier: MIT */
/* The ARM binaries of all four targets on the virtual board, with signed
 * images made from the demos; for the tests that need whole boots of them. */
#ifndef DUO_TEST_ARM_RIG_H
#define DUO_TEST_ARM_RIG_H

#include "image_writer.h"
#include "native_board.h"
#include "vb.h"

#define ARM_IMAGES_MAX    24U
#define ARM_CONSOLE_BYTES 65536U
#define ARM_MS            UINT64_C(1000000)
/* The application says this when the network core has reported. */
#define ARM_WELL "network core is well, version "

/* An image: a demo's code, then a filler up to its size. */
struct arm_image_spec {
    enum duo_core core;
    const char *firmware; /* "appdemo", "netdemo-silent", ... */
    uint8_t minor;        /* Version 1.<minor>.0. */
    uint32_t total_bytes; /* 0: no filler. */
    uint64_t seed;        /* Of the filler. */
    /* 0: none; else it needs the other core's image 1.<this>.0 or newer. */
    uint8_t depends_minor;
};

struct arm_image {
    enum duo_core core;
    uint8_t minor;
    struct duo_bytes bytes; /* Heap. */
};

struct arm_console {
    char text[ARM_CONSOLE_BYTES]; /* Since the last boot; terminated. */
    size_t len_bytes;
};

struct arm_rig {
    struct duo_native_board *native; /* Its flashes are the board's. */
    struct duo_vb *vb;
    struct duo_crypto *crypto[DUO_CORE_COUNT];
    struct duo_tool_key key;
    struct duo_trust trust;
    struct arm_image images[ARM_IMAGES_MAX];
    unsigned image_count;
    struct arm_console consoles[DUO_VB_UART_COUNT];
    const char *wanted;      /* Stop when the application's console has this. */
    struct duo_vb_stop stop; /* How the last run ended. */
    bool verbose;            /* Consoles and notes to standard error. */
    void (*on_op)(void *ctx, const struct duo_vb_op *op);
    void *on_op_ctx;
    /* Every byte that a UART sends; NULL: not wanted. */
    void (*on_byte)(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                    uint8_t byte);
    void *on_byte_ctx;
};

/** The next number of the sequence that @p state seeds. */
uint64_t arm_random(uint64_t *state);

/** A board with both boot loaders and no images. Ends the process on failure:
 * the firmware comes from DUO_FIRMWARE_DIR, the key from DUO_TEST_KEYS. */
void arm_rig_create(struct arm_rig *rig, bool verbose);
void arm_rig_destroy(struct arm_rig *rig);

const struct arm_image *arm_make(struct arm_rig *rig,
                                 const struct arm_image_spec *spec);

/** The same image, byte for byte, for another board. */
const struct arm_image *arm_adopt(struct arm_rig *rig,
                                  const struct arm_image *image);

/** Program both images and boot until both cores are well. */
void arm_factory(struct arm_rig *rig, const struct arm_image *app,
                 const struct arm_image *net);

/** Power off and on, with @p cut or NULL; then arm_run(). */
bool arm_boot(struct arm_rig *rig, const struct duo_vb_cut *cut,
              const char *wanted, uint64_t limit_ns);
/** Run until the application core's console says @p wanted, at most
 * @p limit_ns. False: it did not, for whatever reason (see rig->stop). */
bool arm_run(struct arm_rig *rig, const char *wanted, uint64_t limit_ns);
/** Type a line into the application core's shell. */
void arm_type(struct arm_rig *rig, const char *line);
/** What was said since the last boot. */
bool arm_says(const struct arm_rig *rig, enum duo_vb_uart uart,
              const char *words);

/** Upload without power, as duo_native_stage(). Ends the process on failure. */
void arm_stage(struct arm_rig *rig, enum duo_core slot,
               const struct arm_image *image, bool permanent);

/** The image that the active slot of @p core holds, byte for byte; NULL if
 * none of the rig's. */
const struct arm_image *arm_active(struct arm_rig *rig, enum duo_core core);

#endif
