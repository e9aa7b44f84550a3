/* SPDX-License-Identifier: Apache-2.0 */
#include "ram_flash.h"

#include <stdlib.h>
#include <string.h>

#include <model.h>
#include <promise.h>
#include <tintin/error.h>

/* One byte's worth of work; false when power goes before it is complete. */
static bool work(struct ram_flash *f)
{
	return ++f->work != f->cut;
}

_Noreturn static void lose_power(struct ram_flash *f)
{
	f->dark = true;
	longjmp(f->lost, 1);
}

static uint8_t garbage(struct ram_flash *f)
{
	return (uint8_t)(f->seed = model_hash(f->seed + 0x9e3779b9u));
}

static void wear_out(struct ram_flash *f)
{
	if (f->wear == WEAR_STUCK_LOW) {
		f->memory[f->worn_at] &= (uint8_t)~f->worn_mask;
	} else if (f->wear == WEAR_STUCK_HIGH) {
		f->memory[f->worn_at] |= f->worn_mask;
	}
}

static bool inside(const struct ram_flash *f, uint32_t offset, size_t n)
{
	return n > 0 && offset <= f->flash.size && n <= f->flash.size - offset;
}

static bool holds_worn(const struct ram_flash *f, enum wear wear, uint32_t offset, size_t n)
{
	return f->wear == wear && f->worn_at >= offset && f->worn_at - offset < n;
}

static int flash_read(void *context, uint32_t offset, void *data, size_t n)
{
	struct ram_flash *f = context;

	EXPECT(inside(f, offset, n) && !f->dark);
	f->reads++;
	if (f->read_fails) {
		return -EIO;
	}
	memcpy(data, f->memory + offset, n);
	return 0;
}

/* Power went inside a write block: of the bits that were to become 0 some are, some are not. */
static void tear_program(struct ram_flash *f, uint32_t at, const uint8_t *data, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		f->memory[at + i] &= data[i] | garbage(f);
	}
}

static int flash_program(void *context, uint32_t offset, const void *data, size_t n)
{
	struct ram_flash *f = context;
	const uint8_t *byte = data;
	uint32_t block = f->flash.write_block;

	EXPECT(inside(f, offset, n) && !f->dark);
	EXPECT(offset % block == 0 && n % block == 0);
	f->programs++;
	for (uint32_t i = 0; i < n; i++) {
		if (!holds_worn(f, WEAR_STUCK_LOW, offset + i, 1)) {
			EXPECT_EQ(f->memory[offset + i], 0xff); /* only what is erased */
		}
	}
	for (uint32_t i = 0; i < n; i++) {
		if (holds_worn(f, WEAR_PROGRAM_FAILS, offset + i, 1)) {
			return -EIO;
		}
		if (!work(f)) {
			tear_program(f, offset + i, byte + i, block - i % block);
			lose_power(f);
		}
		f->memory[offset + i] = byte[i];
	}
	wear_out(f);
	return 0;
}

/* Power went inside an erase: each cell of the block is somewhere on its way. */
static void tear_erase(struct ram_flash *f, uint32_t block)
{
	uint8_t how = garbage(f);

	for (uint32_t i = 0; i < f->flash.erase_block; i++) {
		uint8_t *byte = &f->memory[block + i];

		*byte = how % 3 == 0 ? garbage(f) : *byte | (how % 3 == 1 ? garbage(f) : 0);
	}
}

static int flash_erase(void *context, uint32_t offset, size_t n)
{
	struct ram_flash *f = context;
	uint32_t block = f->flash.erase_block;

	EXPECT(inside(f, offset, n) && !f->dark);
	EXPECT(offset % block == 0 && n % block == 0);
	f->erases++;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = offset + i / block * block;

		if (holds_worn(f, WEAR_ERASE_FAILS, at, block)) {
			tear_erase(f, at);
			return -EIO;
		}
		if (!work(f)) {
			tear_erase(f, at);
			lose_power(f);
		}
		if (i % block == block - 1) {
			memset(f->memory + at, 0xff, block);
		}
	}
	wear_out(f);
	return 0;
}

static int flash_sync(void *context)
{
	struct ram_flash *f = context;

	EXPECT(!f->dark);
	f->syncs++;
	if (!work(f)) {
		lose_power(f);
	}
	return f->sync_fails ? -EIO : 0;
}

struct ram_flash *ram_flash_new(uint32_t size, uint32_t erase_block, uint32_t write_block)
{
	struct ram_flash *f = calloc(1, sizeof(*f));

	f->memory = malloc(size);
	memset(f->memory, 0xff, size);
	f->seed = 1;
	f->flash = (struct tintin_flash){
		.read = flash_read,
		.program = flash_program,
		.erase = flash_erase,
		.sync = flash_sync,
		.context = f,
		.base = f->memory,
		.size = size,
		.erase_block = erase_block,
		.write_block = write_block,
	};
	return f;
}

void ram_flash_free(struct ram_flash *f)
{
	free(f->memory);
	free(f);
}

bool ram_flash_powered(struct ram_flash *f, void (*what)(void *context), void *context)
{
	if (setjmp(f->lost) != 0) {
		return false;
	}
	what(context);
	return true;
}
