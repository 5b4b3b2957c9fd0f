/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeps and packs the filters of convolutions, once in a process.
 */
#include "nn/stock.h"

#include "../metric-private.h"
#include "machine/workers.h"

#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

/* From this size on, memory comes in huge pages where the system has them:
 * filters are read from end to end, again and again. */
#define HUGE_PAGE ((gsize) 2 << 20)

/* Outputs whose filters are transformed together, and lie together. */
#define LANES PERCEPTUAL_WINOGRAD_LANES

#define N_KINDS (PERCEPTUAL_WINOGRAD_KINDS + 1) /* and as they are */

struct _PerceptualStock
{
  gchar *key; /* NULL for one that nobody shares */
  gint refs;  /* protected by the table's lock */
  const PerceptualProducts *products;
  guint outputs;
  guint inputs;
  guint size;
  gfloat *weights; /* see perceptual_stock_get_weights() */
  gfloat *biases;
  gfloat *packed[N_KINDS]; /* atomic pointers, never replaced once set */
};

/* What is shared: stocks by key.  The table alone is global, and holds nothing
 * that an engine does not use. */
static GMutex lock;
static GHashTable *stocks;

/* --- life ---------------------------------------------------------------- */

static void
stock_free (PerceptualStock *self)
{
  for (guint i = 0; i < N_KINDS; i++)
    perceptual_buffer_free (self->packed[i]);
  perceptual_buffer_free (self->weights);
  perceptual_buffer_free (self->biases);
  g_free (self->key);
  g_free (self);
}

static gfloat *
copy_of (const gfloat *numbers, gsize n, GError **error)
{
  gfloat *copy = perceptual_buffer_new (n, sizeof (gfloat), error);

  if (copy != NULL)
    memcpy (copy, numbers, n * sizeof (gfloat));
  return copy;
}

/* Number @i of the filter from @input to @output. */
static gfloat *
weight (const PerceptualStock *self, guint output, guint input, guint i)
{
  gsize area = (gsize) self->size * self->size;
  gsize group = output / LANES;

  return self->weights + ((group * self->inputs + input) * area + i) * LANES
      + output % LANES;
}

static void
take_weights (PerceptualStock *self, const gfloat *weights)
{
  guint area = self->size * self->size;

  for (guint output = 0; output < self->outputs; output++) {
    for (guint input = 0; input < self->inputs; input++) {
      for (guint i = 0; i < area; i++)
        *weight (self, output, input, i) = *weights++;
    }
  }
}

static PerceptualStock *
stock_new (const PerceptualConvolution *c, const PerceptualProducts *products,
    const gfloat *weights, const gfloat *biases, GError **error)
{
  PerceptualStock *self = g_new0 (PerceptualStock, 1);

  self->refs = 1;
  self->products = products;
  self->outputs = c->outputs;
  self->inputs = c->inputs;
  self->size = c->size;
  self->biases = copy_of (biases, c->outputs, error);
  if (self->biases != NULL)
    self->weights = perceptual_buffer_new (
        (gsize) c->outputs * c->inputs * c->size * c->size, sizeof (gfloat),
        error);
  if (self->weights != NULL)
    take_weights (self, weights);
  else
    g_clear_pointer (&self, stock_free);
  return self;
}

static gchar *
key_of (const gchar *source, const PerceptualConvolution *c,
    const PerceptualProducts *products)
{
  return g_strdup_printf ("%s %s %s %ux%ux%u", products->name, source, c->name,
      c->outputs, c->inputs, c->size);
}

/* With the lock held. */
static PerceptualStock *
find (const gchar *key)
{
  PerceptualStock *found =
      stocks != NULL ? g_hash_table_lookup (stocks, key) : NULL;

  if (found != NULL)
    found->refs++;
  return found;
}

PerceptualStock *
perceptual_stock_get (const gchar *source,
    const PerceptualConvolution *convolution,
    const PerceptualProducts *products, const gfloat *weights,
    const gfloat *biases, GError **error)
{
  g_autofree gchar *key = NULL;
  PerceptualStock *self;

  if (source == NULL)
    return stock_new (convolution, products, weights, biases, error);
  key = key_of (source, convolution, products);
  g_mutex_lock (&lock);
  self = find (key);
  if (self == NULL) {
    self = stock_new (convolution, products, weights, biases, error);
    if (self != NULL) {
      self->key = g_steal_pointer (&key);
      if (stocks == NULL)
        stocks = g_hash_table_new (g_str_hash, g_str_equal);
      g_hash_table_insert (stocks, self->key, self);
    }
  }
  g_mutex_unlock (&lock);
  return self;
}

void
perceptual_stock_unref (PerceptualStock *self)
{
  gboolean last;

  if (self == NULL)
    return;
  g_mutex_lock (&lock);
  last = --self->refs == 0;
  if (last && self->key != NULL) {
    g_hash_table_remove (stocks, self->key);
    if (g_hash_table_size (stocks) == 0)
      g_clear_pointer (&stocks, g_hash_table_unref);
  }
  g_mutex_unlock (&lock);
  if (last)
    stock_free (self);
}

guint
perceptual_stock_count (void)
{
  guint n;

  g_mutex_lock (&lock);
  n = stocks != NULL ? g_hash_table_size (stocks) : 0;
  g_mutex_unlock (&lock);
  return n;
}

gfloat *
perceptual_stock_get_biases (const PerceptualStock *self)
{
  return self->biases;
}

const gfloat *
perceptual_stock_get_weights (const PerceptualStock *self)
{
  return self->weights;
}

/* --- packing ------------------------------------------------------------- */

typedef struct
{
  const PerceptualStock *stock;
  const PerceptualWinograd *winograd; /* NULL: as they are */
  gfloat *matrix;
} Packing;

/* One input channel: a row of the matrix of each point. */
static void
pack_winograd (gpointer user, guint input, guint worker)
{
  const Packing *self = user;
  const PerceptualStock *stock = self->stock;
  guint points = self->winograd->points, outputs = stock->outputs;
  gsize matrix = (gsize) stock->inputs * outputs;
  g_autofree gfloat *rows = g_new (gfloat, (gsize) points * outputs);

  for (guint output = 0; output < outputs; output += LANES)
    perceptual_winograd_filters (self->winograd,
        weight (stock, output, input, 0), rows + output, outputs);
  for (guint i = 0; i < points; i++)
    stock->products->pack_row (stock->products->panel,
        rows + (gsize) i * outputs, input, stock->inputs, outputs,
        self->matrix + i * matrix);
}

/* One place in the filter: rows run over (row, column, channel). */
static void
pack_direct (gpointer user, guint place, guint worker)
{
  const Packing *self = user;
  const PerceptualStock *stock = self->stock;
  guint area = stock->size * stock->size;
  g_autofree gfloat *row = g_new (gfloat, stock->outputs);

  for (guint input = 0; input < stock->inputs; input++) {
    for (guint output = 0; output < stock->outputs; output++)
      row[output] = *weight (stock, output, input, place);
    stock->products->pack_row (stock->products->panel, row,
        place * stock->inputs + input, area * stock->inputs, stock->outputs,
        self->matrix);
  }
}

static gfloat *
new_matrix (gsize n, GError **error)
{
  gsize bytes = n * sizeof (gfloat);
  gpointer matrix;

  if (bytes < HUGE_PAGE)
    return perceptual_buffer_new (n, sizeof (gfloat), error);
  bytes = (bytes + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
  matrix = aligned_alloc (HUGE_PAGE, bytes);
  if (matrix == NULL) /* says how much was asked for */
    return perceptual_buffer_new (n, sizeof (gfloat), error);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  madvise (matrix, bytes, MADV_HUGEPAGE);
#endif
  return matrix;
}

/* Nothing is locked meanwhile, since the workers may be at another comparison
 * that waits for a stock: two that begin at the same time do the same work, and
 * the first to end is kept. */
gfloat *
perceptual_stock_pack (PerceptualStock *self,
    const PerceptualWinograd *winograd, PerceptualWorkers *workers,
    GError **error)
{
  guint kind = winograd != NULL ? (guint) (winograd - perceptual_winograd)
                                : PERCEPTUAL_WINOGRAD_KINDS;
  guint area = self->size * self->size;
  gfloat *packed = g_atomic_pointer_get (&self->packed[kind]);
  Packing packing = { self, winograd, NULL };

  if (packed != NULL)
    return packed;
  packing.matrix =
      new_matrix ((gsize) (winograd != NULL ? winograd->points : area)
              * self->inputs * self->outputs,
          error);
  if (packing.matrix == NULL)
    return NULL;
  if (winograd != NULL)
    perceptual_workers_run_all (workers, self->inputs, pack_winograd, &packing);
  else
    perceptual_workers_run_all (workers, area, pack_direct, &packing);
  if (g_atomic_pointer_compare_and_exchange (
          &self->packed[kind], NULL, packing.matrix))
    return packing.matrix;
  perceptual_buffer_free (packing.matrix);
  return g_atomic_pointer_get (&self->packed[kind]);
}
