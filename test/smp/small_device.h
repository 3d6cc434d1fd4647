/* SPDX-License-Identifier: MIT */
/* The groups that the native board's application does not have, on a server of
 * their own: tasks, files, a shell; what the exchanges call "small". Packets of
 * 512 bytes, three told. */
#ifndef DUO_TEST_SMALL_DEVICE_H
#define DUO_TEST_SMALL_DEVICE_H

#include <stdbool.h>

#include "duo/bytes.h"

struct small_device;

/** @p is_busy: it does not want to be reset. */
struct small_device *small_device_create(bool is_busy);
void small_device_destroy(struct small_device *device);
/** Answers are counted from 0 again. */
void small_device_ask(struct small_device *device, struct duo_bytes request);
/** The next answer; false: no more. */
bool small_device_answer(struct small_device *device, struct duo_bytes *answer);

#endif
