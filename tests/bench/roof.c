/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measures the machine: a loop of fused multiplications and additions that
 * stays in registers, and walks over more memory than the caches hold.
 */
#include "config.h"

#include "roof.h"

#include "machine/cpu.h"

#include <string.h>
#include <unistd.h>

/* Sums that wait for nothing of each other: two units of four cycles each need
 * eight, and sixteen registers hold no more than this with the factors. */
#define CHAINS 12
#define TURNS 100000
#define ROUNDS 200
#define WALKS 8
/* Of all threads together: four times the third-level cache. */
#define LEAST_BYTES ((gsize) 128 << 20)
#define MOST_BYTES ((gsize) 256 << 20)

/* @turns times CHAINS vectors, each multiplied and added to.  Returns what
 * depends on all of them, so that none is left out. */
typedef gfloat (*MultiplyLoop) (guint turns, gfloat factor, gfloat more);

#define MULTIPLY_LOOP(name, lanes)                                             \
  static gfloat name (guint turns, gfloat factor, gfloat more)                 \
  {                                                                            \
    typedef gfloat Vector __attribute__ ((vector_size (lanes * 4)));           \
    Vector by = factor - (Vector){ 0 }, add = more - (Vector){ 0 };            \
    Vector sums[CHAINS];                                                       \
                                                                               \
    _Pragma ("GCC unroll 12") for (guint i = 0; i < CHAINS; i++) sums[i] =     \
        by + (gfloat) i;                                                       \
    for (guint turn = 0; turn < turns; turn++) {                               \
      _Pragma ("GCC unroll 12") for (guint i = 0; i < CHAINS; i++) sums[i] =   \
          sums[i] * by + add;                                                  \
    }                                                                          \
    for (guint i = 1; i < CHAINS; i++)                                         \
      sums[0] += sums[i];                                                      \
    for (guint i = 1; i < (lanes); i++)                                        \
      sums[0][0] += sums[0][i];                                                \
    return sums[0][0];                                                         \
  }

MULTIPLY_LOOP (multiply_c, 4)
#ifdef HAVE_X86_KERNELS
__attribute__ ((target ("avx2,fma"))) MULTIPLY_LOOP (multiply_avx2, 8)
    __attribute__ ((target ("avx512f"))) MULTIPLY_LOOP (multiply_avx512, 16)
#endif

        typedef struct
{
  MultiplyLoop loop;
  guint lanes;
  guint8 *memory;
  gsize bytes; /* of each worker */
} Bench;

static void
choose_loop (Bench *self)
{
  self->loop = multiply_c;
  self->lanes = 4;
#ifdef HAVE_X86_KERNELS
  if (perceptual_cpu () == PERCEPTUAL_CPU_AVX2) {
    self->loop = multiply_avx2;
    self->lanes = 8;
  }
  if (perceptual_cpu () == PERCEPTUAL_CPU_AVX512) {
    self->loop = multiply_avx512;
    self->lanes = 16;
  }
#endif
}

static void
multiply (gpointer user, guint job, guint worker)
{
  const Bench *self = user;
  volatile gfloat sink = self->loop (TURNS, .999f, .001f);

  (void) sink;
}

static void
read_memory (gpointer user, guint job, guint worker)
{
  const Bench *self = user;
  const guint64 *numbers = (const guint64 *) (self->memory + job * self->bytes);
  guint64 sum = 0;
  volatile guint64 sink;

  for (gsize i = 0; i < self->bytes / sizeof *numbers; i++)
    sum += numbers[i];
  sink = sum;
  (void) sink;
}

static void
copy_memory (gpointer user, guint job, guint worker)
{
  const Bench *self = user;
  guint8 *memory = self->memory + job * self->bytes;

  memcpy (memory + self->bytes / 2, memory, self->bytes / 2);
}

/* Returns: @amount in a second, @job run by every worker at once, in the best
 * round. */
static gdouble
best_rate (PerceptualWorkers *workers, PerceptualJobFunc job, Bench *bench,
    guint rounds, gdouble amount)
{
  guint threads = perceptual_workers_get_threads (workers);
  gdouble best = 0;

  for (guint i = 0; i < rounds; i++) {
    gint64 begin = g_get_monotonic_time ();
    gint64 took;

    perceptual_workers_run (workers, threads, job, bench);
    took = MAX (1, g_get_monotonic_time () - begin);
    best = MAX (best, amount * G_USEC_PER_SEC / (gdouble) took);
  }
  return best;
}

static gsize
memory_bytes (void)
{
  long cache = 0;

#ifdef _SC_LEVEL3_CACHE_SIZE
  cache = sysconf (_SC_LEVEL3_CACHE_SIZE);
#endif
  return CLAMP (4 * (gsize) MAX (cache, 0), LEAST_BYTES, MOST_BYTES);
}

gboolean
roof_measure (PerceptualWorkers *workers, Roof *roof, GError **error)
{
  guint threads = perceptual_workers_get_threads (workers);
  Bench bench = { .bytes = memory_bytes () / threads / 128 * 128 };
  gsize bytes = bench.bytes * threads;

  choose_loop (&bench);
  bench.memory = perceptual_buffer_new (bytes, 1, error);
  if (bench.memory == NULL)
    return FALSE;
  memset (bench.memory, 1, bytes);
  roof->operations = best_rate (workers, multiply, &bench, ROUNDS,
      2. * TURNS * CHAINS * bench.lanes * threads);
  roof->read = best_rate (workers, read_memory, &bench, WALKS, (gdouble) bytes);
  roof->copied =
      best_rate (workers, copy_memory, &bench, WALKS, (gdouble) bytes);
  perceptual_buffer_free (bench.memory);
  return TRUE;
}

gdouble
roof_bandwidth (const Roof *roof)
{
  return MAX (roof->read, roof->copied);
}

gdouble
roof_seconds (const Roof *roof, gdouble operations, gdouble bytes)
{
  return MAX (operations / roof->operations, bytes / roof_bandwidth (roof));
}
