/* SPDX-License-Identifier: Apache-2.0 */
/* The runner as a program: runner <record> <job> <output>. */
#include "platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void *record;
static size_t record_size;
static FILE *in, *out;

const void *platform_record(size_t *room)
{
	*room = record_size;
	return record;
}

int platform_read(void *data, size_t n)
{
	return fread(data, 1, n, in) == n ? 0 : -EIO;
}

int platform_write(const void *data, size_t n)
{
	return fwrite(data, 1, n, out) == n ? 0 : -EIO;
}

void platform_start(void)
{
}

uint32_t platform_stop(void)
{
	return 0;
}

void platform_spin(uint32_t turns)
{
	(void)turns;
}

uint32_t platform_stack(void)
{
	return 0;
}

static int load_record(const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		return -1;
	}
	rewind(file);
	record_size = (size_t)size;
	record = malloc(record_size + 1u);
	size = (long)fread(record, 1, record_size, file);
	fclose(file);
	return (size_t)size == record_size ? 0 : -1;
}

int main(int argc, char **argv)
{
	int code;

	if (argc != 4) {
		fprintf(stderr, "usage: runner <record> <job> <output>\n");
		return 2;
	}
	in = fopen(argv[2], "rb");
	out = fopen(argv[3], "wb");
	if (in == NULL || out == NULL || load_record(argv[1]) != 0) {
		perror("runner");
		return 2;
	}
	code = runner_run();
	fclose(in);
	return fclose(out) == 0 ? code : 1;
}
