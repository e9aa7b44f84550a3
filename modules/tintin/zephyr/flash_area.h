/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TINTIN_FLASH_AREA_H_
#define TINTIN_FLASH_AREA_H_

#include <tintin/store.h>

/**
 * Describe the store's partition: the one chosen as tintin,store, or tintin_partition.
 *
 * @return 0, -ENODEV while its device is not ready, or what the flash map returned
 */
int tintin_flash_area(struct tintin_flash *flash);

#endif
