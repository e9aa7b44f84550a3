/* SPDX-License-Identifier: Apache-2.0 */
/* The store's flash: a fixed partition in memory-mapped flash, or in the flash simulator. */
#include <errno.h>

#include <zephyr/devicetree.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/drivers/flash/flash_simulator.h>
#include <zephyr/storage/flash_map.h>

#include <tintin/store.h>

#include "flash_area.h"

#if DT_HAS_CHOSEN(tintin_store)
#define STORE_NODE DT_CHOSEN(tintin_store)
#else
#define STORE_NODE DT_NODELABEL(tintin_partition)
#endif

#define MEMORY_NODE DT_MEM_FROM_FIXED_PARTITION(STORE_NODE)
#define SIMULATED   DT_NODE_HAS_COMPAT(DT_MTD_FROM_FIXED_PARTITION(STORE_NODE), zephyr_sim_flash)

BUILD_ASSERT(DT_NODE_EXISTS(MEMORY_NODE), "the store reads records in place: memory-mapped flash");

static int area_read(void *context, uint32_t offset, void *data, size_t n)
{
	return flash_area_read(context, offset, data, n);
}

static int area_program(void *context, uint32_t offset, const void *data, size_t n)
{
	return flash_area_write(context, offset, data, n);
}

static int area_erase(void *context, uint32_t offset, size_t n)
{
	return flash_area_erase(context, offset, n);
}

/* Zephyr's flash drivers return when the data is in the cells. */
static int area_sync(void *context)
{
	ARG_UNUSED(context);
	return 0;
}

/* Where the memory that holds the partition is mapped for reading. */
static const uint8_t *memory_base(const struct device *dev)
{
#if SIMULATED
	size_t size;

	return flash_simulator_get_memory(dev, &size);
#else
	ARG_UNUSED(dev);
	return (const uint8_t *)DT_REG_ADDR(MEMORY_NODE);
#endif
}

int tintin_flash_area(struct tintin_flash *flash)
{
	const struct flash_area *area;
	struct flash_pages_info page;
	const struct device *dev;
	int error = flash_area_open(DT_FIXED_PARTITION_ID(STORE_NODE), &area);

	if (error) {
		return error;
	}
	dev = flash_area_get_device(area);
	if (dev == NULL || !device_is_ready(dev)) {
		return -ENODEV;
	}
	error = flash_get_page_info_by_offs(dev, area->fa_off, &page);
	if (error) {
		return error;
	}
	*flash = (struct tintin_flash){
		.read = area_read,
		.program = area_program,
		.erase = area_erase,
		.sync = area_sync,
		.context = (void *)area,
		.base = memory_base(dev) + area->fa_off,
		.size = area->fa_size,
		.erase_block = page.size,
		.write_block = flash_area_align(area),
	};
	return 0;
}
