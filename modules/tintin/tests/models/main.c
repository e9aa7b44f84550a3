/* SPDX-License-Identifier: Apache-2.0 */
/* models <folder>: the named models as record files in every memory mode: mlp-8.tt, ... */
#include <stdio.h>
#include <stdlib.h>

#include <model.h>

static void write_file(const char *folder, const char *name, const struct model *m)
{
	struct blob record = model_record(m);
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s-%s%u.tt", folder, name,
		 m->fractions ? "" : "inference-", m->layer[m->layers - 1].fraction_bits);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(record.data, 1, record.size, file) != record.size ||
	    fclose(file) != 0) {
		perror(path);
		exit(1);
	}
	blob_free(&record);
}

static void write_modes(const char *folder, const char *name)
{
	static const uint8_t bits[] = {8, 4, 0};
	struct model m;

	for (size_t i = 0; i < 6; i++) {
		model_named(name, &m);
		m.fractions = i % 2 == 0;
		for (unsigned int l = 0; l < m.layers; l++) {
			if (m.layer[l].fraction_bits != 0) {
				m.layer[l].fraction_bits = bits[i / 2];
			}
		}
		write_file(folder, name, &m);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: models <folder>\n");
		return 2;
	}
	write_modes(argv[1], "tiny");
	write_modes(argv[1], "mlp");
	write_modes(argv[1], "cnn");
	write_modes(argv[1], "signal");
	return 0;
}
