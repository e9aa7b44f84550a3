/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A network: a constant table of layers, in place in its record, and mutable state in an
 * arena that belongs to the caller.
 */
#ifndef TINTIN_NETWORK_H_
#define TINTIN_NETWORK_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tintin/record.h>

#define TINTIN_TRAIN_NONE 0u
#define TINTIN_TRAIN_ALL  UINT32_MAX

/** How a network is to be opened. All zeros: for prediction only. */
struct tintin_options {
	uint32_t train;     /**< bit l set: layer l learns; bits of layers without weights mean nothing */
	uint8_t batch_log2; /**< mini-batch of 2^this, 0..6; above 0 it costs 4 bytes a trained parameter */
	bool concurrent;    /**< predict between the slices of a learning step, in memory of its own */
};

/** The caller's memory. @p need is filled in by tintin_open(). */
struct tintin_arena {
	void *base;  /**< 4-byte aligned */
	size_t size; /**< bytes */
	size_t need; /**< bytes that the network takes, also when it did not fit */
};

/** Learning rate = (mantissa / 8) * 2^-shift, with the meaning it has in float SGD. */
struct tintin_rate {
	uint8_t mantissa; /**< 8..15 */
	int8_t shift;     /**< -8..24 */
};

struct tintin_prediction {
	uint16_t label;
	uint16_t confidence; /**< softmax probability of that label in Q15: 32768 is certainty */
};

/** Where the bytes of a record go: called with consecutive pieces. @return 0 or a negative errno. */
struct tintin_sink {
	int (*write)(void *context, const void *data, size_t n);
	void *context;
};

/** What one layer is and costs. */
struct tintin_layer_info {
	enum tintin_kind kind;
	bool relu, bounded, trained;
	uint8_t fraction_bits;
	struct tintin_shape in, out;
	uint16_t kernel_h, kernel_w;
	uint32_t parameters;   /**< weights and biases */
	uint32_t macs;         /**< multiply-accumulates of one forward pass */
	uint32_t macs_backward; /**< of error and gradient in one learning step, nothing skipped */
	uint32_t flash;        /**< bytes of weights, biases and fractions in the record */
	uint32_t arena_weights; /**< bytes of trained planes, biases and batch gradient in the arena */
	uint32_t arena_kept;   /**< bytes kept from forward to backward: input activation, pool indices */
};

struct tt_layer;

/** An open network. Its fields are private to the engine. */
struct tintin {
	const struct tintin_header *record;
	struct tt_layer *layer;
	uint8_t *arena;
	struct tintin_options options;
	struct tintin_rate rate;
	uint32_t step;
	uint32_t parent;
	uint32_t rng;
	/* Arena offsets of the workspaces: of learning, of prediction, and what each scribbles on. */
	uint32_t input, predict, predict_size, scratch, predict_scratch;
	uint32_t error; /* offset of the error on its way down */
	int16_t error_exp;
	uint16_t label;
	uint8_t first;   /* the lowest layer that learns */
	uint8_t phase;   /* 0 outside a step, else 1 + slices done */
	uint8_t batched; /* samples in the open mini-batch */
	struct tintin_prediction before;
};

/**
 * The exact size of the arena for a network, before anything is allocated.
 *
 * The figure depends on the record and the options alone: it is the same on every target.
 *
 * @return 0, or what tintin_record_check() returns for a bad record, or -EINVAL for bad options
 */
int tintin_arena_size(const void *record, size_t size, const struct tintin_options *options,
		      size_t *need);

/**
 * Open a network over a record. The record must stay where it is while the network is open:
 * its table and the weights of layers that do not learn are read from there.
 *
 * @return 0, -ENOMEM when the arena is too small (arena->need says how much), or as
 *         tintin_arena_size()
 */
int tintin_open(struct tintin *net, const void *record, size_t size,
		const struct tintin_options *options, struct tintin_arena *arena);

/**
 * Predict the class of one sample. Changes nothing that training depends on.
 *
 * @param x  int8 [h][w][c], real value x * 2^input_exp
 * @param n  its length, h * w * c
 * @return 0, -EINVAL for a wrong length, -EBUSY inside a learning step unless opened concurrent
 */
int tintin_predict(struct tintin *net, const int8_t *x, size_t n, struct tintin_prediction *out);

/**
 * Learn from one labelled sample: forward, loss, backward and update, at once.
 *
 * @param before  where not NULL, what the network predicted before it learned
 * @return 0, -EINVAL (length), -EDOM (label), -EPERM (nothing to train), -EBUSY (step under way)
 */
int tintin_learn(struct tintin *net, const int8_t *x, size_t n, uint16_t label,
		 struct tintin_prediction *before);

/** Begin the same step in slices: copies the sample, so that @p x may go. Errors as tintin_learn(). */
int tintin_learn_begin(struct tintin *net, const int8_t *x, size_t n, uint16_t label);

/**
 * One bounded piece of the step that was begun: the forward pass of one layer, the loss, or the
 * backward pass and update of one layer.
 *
 * @return 1 while there is more, 0 when the step is complete
 */
int tintin_learn_slice(struct tintin *net);

/**
 * The latent: the activations at the input of the lowest layer that learns. Layers below it are
 * frozen and keep their scale, so a latent that was stored never goes stale. Where the first
 * layer learns it is the sample itself.
 *
 * @return its length in bytes; without a layer that learns, the length of a sample
 */
size_t tintin_latent_length(const struct tintin *net);

/** Begin a learning step with a latent instead of its sample. Bits and errors as tintin_learn_begin(). */
int tintin_learn_from(struct tintin *net, const int8_t *latent, size_t n, uint16_t label);

/** A prediction of which more is to be known. */
struct tintin_question {
	const int8_t *x; /**< sample, or latent */
	size_t n;        /**< its length */
	bool latent;     /**< which of them it is */
	int32_t label;   /**< class whose loss is asked for; -1: none */
	int8_t *tap;     /**< where not NULL, the sample's latent is copied there */
};

struct tintin_answer {
	struct tintin_prediction prediction;
	uint16_t probability; /**< of the label asked for, Q15; 0 without one */
	uint16_t loss;        /**< -ln of it, Q10: tintin_loss(); 0 without a label */
};

/** Predict as tintin_predict() does, and answer. @return as tintin_predict(), -EDOM (label) */
int tintin_ask(struct tintin *net, const struct tintin_question *question,
	       struct tintin_answer *answer);

/** Cross-entropy of a probability in Q15: -ln(p / 32768) in Q10, that of half a unit for 0. */
uint16_t tintin_loss(uint16_t probability);

/** What the network is: input, classes, layers. Lies in the record that it was opened from. */
const struct tintin_header *tintin_get_header(const struct tintin *net);

/** Samples learned from; the learning rate; what was predicted before the last step learned. */
uint32_t tintin_get_step(const struct tintin *net);
struct tintin_rate tintin_get_rate(const struct tintin *net);
struct tintin_prediction tintin_get_before(const struct tintin *net);

/**
 * Is a class open? A closed one has the bias -256 and weights 0: its probability is 0, it is never
 * predicted and no error flows to or from it. LEARNER.md, "Classes".
 */
bool tintin_class_is_open(const struct tintin *net, uint16_t label);

/** Close a class, open or not. @return 0, -EDOM, -EPERM (the last layer does not learn), -EBUSY */
int tintin_class_close(struct tintin *net, uint16_t label);

/**
 * Inside a learning step, when its forward pass is done (tintin_probe_phase() is the number of
 * layers + 1): move the label's row of the last layer to the mean of its input over @p n samples,
 * of which this is the last, and open the class. LEARNER.md, "Classes".
 *
 * @param n  0: open it with weights 0 and bias 0 instead
 * @return 0, -EPERM (the last layer does not learn), -EINVAL (another phase)
 */
int tintin_class_imprint(struct tintin *net, uint16_t n);

/**
 * At the same place, the nearest class mean instead of a gradient: the label's row moves to the
 * mean of its input over @p n samples and its bias to minus half the row's square. The step is then
 * complete. LEARNER.md, "Nearest class mean". @return as tintin_class_imprint(), -EINVAL for n = 0
 */
int tintin_class_mean(struct tintin *net, uint16_t n);

/** Apply an unfinished mini-batch as it stands. @return 0, -EBUSY inside a step. */
int tintin_learn_flush(struct tintin *net);

/** The rate of the next step on. @return 0, -EINVAL for a rate outside the ranges of struct
 * tintin_rate, -EBUSY inside a step */
int tintin_set_rate(struct tintin *net, struct tintin_rate rate);

/**
 * The rate nearest to @p millionths of 1: 31250 is 2^-5. Rounds the mantissa to eighths
 * (DESIGN.md, "Learning rate"). @return 0, -EINVAL for 0 or more than 256,000,000
 */
int tintin_rate_from_millionths(uint32_t millionths, struct tintin_rate *rate);

/** Size of the record that tintin_save() writes, bytes. */
size_t tintin_save_size(const struct tintin *net);

/**
 * Write the network as a record. Training resumed from it gives the same bits as training
 * that was never interrupted.
 *
 * @return 0, -EBUSY inside a step or an unfinished mini-batch, or what the sink returned
 */
int tintin_save(const struct tintin *net, const struct tintin_sink *sink);

/**
 * Let an open network read its table and frozen weights from another copy: the record that
 * tintin_save() just wrote. Then the old one may be erased.
 *
 * @return 0, -ESTALE for the record of another network, or as tintin_record_check()
 */
int tintin_rebase(struct tintin *net, const void *record, size_t size);

/** Describe layer @p l of an open network. @return 0, -EINVAL when there is no such layer. */
int tintin_layer_info(const struct tintin *net, unsigned int l, struct tintin_layer_info *info);

/** Real number of samples that a network reads: h * w * c of its input. */
static inline size_t tintin_input_length(const struct tintin *net)
{
	const struct tintin_shape *s = &net->record->input;

	return (size_t)s->h * s->w * s->c;
}

#endif
