/* SPDX-License-Identifier: MIT */
/* Where the tests of the image group begin: both cores run an image, and a
 * newer one of each is at hand. Header only, as upload_rig.h; one program has
 * one scene. */
#ifndef DUO_TEST_UPLOAD_SCENE_H
#define DUO_TEST_UPLOAD_SCENE_H

#include "upload_rig.h"

#define APP DUO_CORE_APP
#define NET DUO_CORE_NET

struct scene {
    struct bench bench;
    const struct rig_image *old[DUO_CORE_COUNT];
    const struct rig_image *app; /* New. */
    const struct rig_image *net;
};

static struct scene scene;
static struct bench *const bench = &scene.bench;

static inline int set_up(void **state)
{
    (void)state;
    bench_create(bench);
    scene.old[APP] = bench_make(bench, APP, 5, 20000);
    scene.old[NET] = bench_make(bench, NET, 5, 15000);
    scene.app = bench_make(bench, APP, 6, 30001);
    scene.net = bench_make(bench, NET, 6, 18003);
    rig_factory(&bench->rig, scene.old[APP], scene.old[NET]);
    bench_start(bench);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    bench_destroy(bench);
    return 0;
}

static inline const struct duo_area *staged(enum duo_core core)
{
    return &bench->slots.staged[core];
}

/* The first chunk of an upload. */
static inline struct sent first_of(const struct rig_image *image,
                                   size_t data_bytes)
{
    return (struct sent){
        .image = (enum duo_core)NO_IMAGE,
        .len_bytes = (uint32_t)image->bytes.len_bytes,
        .data = {image->bytes.data, data_bytes}
    };
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
