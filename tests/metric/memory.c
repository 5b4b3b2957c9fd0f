/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a comparison says that it takes, against what it takes; images that it
 * refuses for that; and how much memory there is.
 */
#include "../sanitized.h"
#include "images.h"
#include "machine/memory.h"
#include "metric-private.h"
#include "option.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MB 1000000
#define THREADS 2
#define LARGEST PERCEPTUAL_MAX_SIZE

/* Bytes of frame-sized buffers since the beginning of a comparison. */
static guint64 taken;

/* In the place of the C library's, which nothing else here calls. */
void *
aligned_alloc (size_t alignment, size_t bytes)
{
  void *buffer = NULL;

  __atomic_add_fetch (&taken, bytes, __ATOMIC_RELAXED);
  return posix_memalign (&buffer, alignment, bytes) == 0 ? buffer : NULL;
}

/* One way of measuring, and what it takes for two images of 16384x16384, in
 * megabytes, with two threads. */
typedef struct
{
  const gchar *metric;
  const gchar *options;
  PerceptualCompareFlags flags;
  guint most;
} Case;

/* clang-format off */
static const Case cases[] = {
  { "mmd-ssim", "{}", 0, 290 },
  { "mmd-ssim", "{}", PERCEPTUAL_COMPARE_MAP, 1380 },
  { "psnr", "{}", 0, 1 },
  { "l2", "{}", 0, 1 },
  { "ssim", "{}", 0, 10 },
  { "ms-ssim", "{}", 0, 730 },
  { "mmd", "{}", 0, 170 },
  { "mmd++", "{}", 0, 170 },
  { "cnn-kernel", "{'features': <uint64 512>, 'exact': <false>}", 0, 170 },
  { "lpips", "{'weights': <'random'>, 'heads': <'none'>}", 0, 200 },
  { "lpips", "{'weights': <'random'>, 'heads': <'none'>, "
    "'backbone': <'squeeze'>}", 0, 200 },
  { "lpips", "{'weights': <'random'>, 'heads': <'none'>, "
    "'backbone': <'vgg'>, 'taps': <'1'>}", 0, 600 },
  { "lpips", "{'weights': <'random'>, 'heads': <'none'>, 'taps': <'2'>}",
    PERCEPTUAL_COMPARE_MAP, 1600 },
  { "lpips", "{'weights': <'random'>, 'heads': <'none'>, 'taps': <'2'>}",
    PERCEPTUAL_COMPARE_CHANNELS, 200 },
  { "lpips", "{'weights': <'random'>, 'heads': <'none'>, 'scale': <'.5'>}",
    PERCEPTUAL_COMPARE_MAP, 3700 },
  { "lpips", "{'weights': <'random'>, 'heads': <'none'>, 'taps': <'2'>, "
    "'precision': <'fast'>}", 0, 100 },
  { "cosine", "{'weights': <'random'>, 'taps': <'3'>}", 0, 250 },
  { "dps", "{'weights': <'random'>, 'taps': <'3'>}", 0, 250 },
  { "dps", "{'weights': <'random'>, 'comparison': <'mean'>, "
    "'taps': <'2'>}", 0, 300 },
  { "dps", "{'weights': <'random'>, 'comparison': <'sort'>, "
    "'taps': <'2'>}", 0, 17000 },
  { "dps", "{'weights': <'random'>, 'comparison': <'spatial+sort'>, "
    "'backbone': <'vgg'>, 'taps': <'1'>}", 0, 150000 },
};
/* clang-format on */

static PerceptualMetric *
make_metric (const gchar *name, const gchar *text, guint threads)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (GError) error = NULL;
  GVariant *options =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  PerceptualMetric *metric;

  g_assert_no_error (error);
  metric = perceptual_metric_new (name, options, workers, &error);
  g_assert_no_error (error);
  return metric;
}

static guint64
bytes_taken (PerceptualMetric *metric, PerceptualCompareFlags flags,
    guint width, guint height)
{
  PerceptualPixels pixels = PERCEPTUAL_PIXELS_RGBX8;
  g_autoptr (TestImage) a = test_image_new (pixels, width, height, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (pixels, width, height, 20, 2, 0);
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };

  taken = 0;
  perceptual_metric_compare (
      metric, &a->view, &b->view, 1, flags, &result, &error);
  g_assert_no_error (error);
  perceptual_result_clear (&result);
  return taken;
}

static void
test_what_is_said_is_what_is_taken (gconstpointer data)
{
  const Case *tried = data;
  g_autoptr (PerceptualMetric) metric =
      make_metric (tried->metric, tried->options, THREADS);
  guint least = MAX (metric->min_width, 70);
  const guint sizes[][2] = { { test_sanitized_or (300, least + 50),
                                 test_sanitized_or (170, least) },
    { test_sanitized_or (166, least), test_sanitized_or (210, least + 40) } };

  /* Filters are packed as a size wants them, and kept from then on. */
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    bytes_taken (metric, tried->flags, sizes[i][0], sizes[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint width = sizes[i][0], height = sizes[i][1];
    guint64 is = bytes_taken (metric, tried->flags, width, height);
    guint64 said =
        perceptual_metric_bytes (metric, width, height, 1, tried->flags);

    g_test_message ("%ux%u: %" G_GUINT64_FORMAT
                    " bytes, said %" G_GUINT64_FORMAT,
        width, height, is, said);
    g_assert_cmpuint (said + said / 64 + 64 * 1024, >=, is);
    g_assert_cmpuint (said, <=, is + is / 8 + 64 * 1024);
  }
}

/* Nothing is read of images that are refused. */
static PerceptualImage
largest_image (gpointer data)
{
  return (PerceptualImage){ .width = LARGEST,
    .height = LARGEST,
    .stride = LARGEST * 4,
    .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .data = data };
}

static void
test_the_largest_images_are_bounded_or_refused (gconstpointer data)
{
  const Case *tried = data;
  g_autoptr (PerceptualMetric) metric =
      make_metric (tried->metric, tried->options, THREADS);
  guint64 bytes =
      perceptual_metric_bytes (metric, LARGEST, LARGEST, 1, tried->flags);
  guint64 low = perceptual_metric_bytes (metric, LARGEST, 300, 1, tried->flags);
  guint64 nothing[8] = { 0 };
  PerceptualImage image = largest_image (nothing);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *number = NULL;
  PerceptualResult result = { 0 };

  g_test_message ("%" G_GUINT64_FORMAT " bytes, of 300 rows %" G_GUINT64_FORMAT,
      bytes, low);
  g_assert_cmpuint (bytes, <=, (guint64) tried->most * MB);
  g_assert_cmpuint (bytes, >=, low);
  if (bytes < 2)
    return;
  metric->memory_limit = bytes - 1;
  taken = 0;
  g_assert_false (perceptual_metric_compare (
      metric, &image, &image, 1, tried->flags, &result, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY);
  g_assert_cmpuint (taken, ==, 0);
  number = g_strdup_printf ("(%" G_GUINT64_FORMAT " bytes)", bytes);
  g_assert_nonnull (strstr (error->message, number));
  g_assert_nonnull (strstr (error->message, "16384x16384"));
  g_assert_nonnull (strstr (error->message, tried->metric));
}

static void
test_every_metric_is_in_the_table (void)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();

  for (guint i = 0; metrics[i] != NULL; i++) {
    guint n = 0;

    for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
      n += strcmp (cases[k].metric, metrics[i]->name) == 0;
    g_test_message ("%s", metrics[i]->name);
    g_assert_cmpuint (n, >, 0);
  }
}

static void
test_a_limit_that_suffices_changes_nothing (gconstpointer data)
{
  const Case *tried = data;
  g_autoptr (PerceptualMetric) metric =
      make_metric (tried->metric, tried->options, THREADS);
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 180, 170, 4, 1, 0);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 180, 170, 20, 2, 0);
  guint64 bytes = perceptual_metric_bytes (metric, 180, 170, 1, 0);
  PerceptualImage pair[2] = { a->view, a->view };
  PerceptualImage others[2] = { b->view, b->view };
  PerceptualResult results[2] = { 0 };
  g_autoptr (GError) error = NULL;

  metric->memory_limit = MAX (bytes, 1);
  perceptual_metric_compare (
      metric, &a->view, &b->view, 1, 0, &results[0], &error);
  g_assert_no_error (error);
  perceptual_result_clear (&results[0]);
  /* It is the number of images, too. */
  if (bytes > 1) {
    metric->memory_limit = bytes - 1;
    metric->fits.width = 0;
    g_assert_false (perceptual_metric_compare_many (
        metric, pair, 2, others, 1, 0, results, &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY);
  }
}

/* --- windows -------------------------------------------------------------- */

static gdouble
windows_distance (guint threads, guint strip_rows, const TestImage *a,
    const TestImage *b, guint64 *bytes)
{
  g_autoptr (PerceptualMetric) metric =
      make_metric ("mmd", "{'features': <uint64 16>}", threads);
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };

  metric->strip_rows = strip_rows;
  taken = 0;
  perceptual_metric_compare (metric, &a->view, &b->view, 1, 0, &result, &error);
  g_assert_no_error (error);
  *bytes = taken;
  return result.distance;
}

/* With one thread and strips of one band eight bands go together, so that the
 * windows of 60 bands are made in eight goes. */
static void
test_windows_made_in_goes_are_those_of_one (void)
{
  PerceptualPixels pixels = PERCEPTUAL_PIXELS_RGBX8;

  for (guint height = 900; height < 940; height += 13) {
    g_autoptr (TestImage) a = test_image_new (pixels, 200, height, 4, 1, 0);
    g_autoptr (TestImage) b = test_image_new (pixels, 200, height, 20, 2, 0);
    guint64 some, all;
    gdouble once = windows_distance (1, 4096, a, b, &all);

    g_assert_cmpfloat (once, >, 0);
    g_assert_cmpfloat (windows_distance (1, 16, a, b, &some), ==, once);
    g_assert_cmpuint (some, <, all);
    g_assert_cmpfloat (windows_distance (3, 32, a, b, &some), ==, once);
  }
}

/* --- how much there is ---------------------------------------------------- */

#define GROUPS "sys/fs/cgroup"

typedef struct
{
  const gchar *name;
  const gchar *text;
} File;

typedef struct
{
  const gchar *title;
  File files[8];
  guint64 expected;
} Machine;

#define MEMINFO                                                                \
  {                                                                            \
    "proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:    8000 kB\n"            \
  }

/* clang-format off */
static const Machine machines[] = {
  { "nothing is known", { { NULL, NULL } }, G_MAXUINT64 },
  { "no groups", { MEMINFO }, 8000 * 1024 },
  { "no limit",
      { MEMINFO, { "proc/self/cgroup", "0::/a\n" },
        { GROUPS "/a/memory.max", "max\n" },
        { GROUPS "/a/memory.current", "1000\n" } }, 8000 * 1024 },
  { "what a group leaves",
      { MEMINFO, { "proc/self/cgroup", "0::/a\n" },
        { GROUPS "/a/memory.max", "5000000\n" },
        { GROUPS "/a/memory.current", "1000000\n" } }, 4000000 },
  { "files in memory are let go of",
      { MEMINFO, { "proc/self/cgroup", "0::/a\n" },
        { GROUPS "/a/memory.max", "5000000\n" },
        { GROUPS "/a/memory.current", "1000000\n" },
        { GROUPS "/a/memory.stat",
          "anon 5\nactive_file 7\ninactive_file 900000\n" } }, 4900000 },
  { "more files than memory",
      { MEMINFO, { "proc/self/cgroup", "0::/a\n" },
        { GROUPS "/a/memory.max", "5000000\n" },
        { GROUPS "/a/memory.current", "1000\n" },
        { GROUPS "/a/memory.stat", "inactive_file 900000\n" } }, 5000000 },
  { "a full group",
      { MEMINFO, { "proc/self/cgroup", "0::/a\n" },
        { GROUPS "/a/memory.max", "5000\n" },
        { GROUPS "/a/memory.current", "6000\n" } }, 0 },
  { "the outer group is the narrower one",
      { MEMINFO, { "proc/self/cgroup", "0::/a/b\n" },
        { GROUPS "/a/b/memory.max", "5000000\n" },
        { GROUPS "/a/b/memory.current", "1000000\n" },
        { GROUPS "/a/memory.max", "3000000\n" },
        { GROUPS "/a/memory.current", "2000000\n" } }, 1000000 },
  { "a container's own group",
      { MEMINFO, { "proc/self/cgroup", "0::/not/seen\n" },
        { GROUPS "/memory.max", "3000000\n" },
        { GROUPS "/memory.current", "2000000\n" } }, 1000000 },
};
/* clang-format on */

static void
remove_tree (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      remove_tree (path);
    else
      g_remove (path);
  }
  g_rmdir (folder);
}

static void
test_available_memory (gconstpointer data)
{
  const Machine *machine = data;
  g_autofree gchar *root = g_dir_make_tmp ("memory-XXXXXX", NULL);

  for (const File *file = machine->files; file->name != NULL; file++) {
    g_autofree gchar *path = g_build_filename (root, file->name, NULL);
    g_autofree gchar *folder = g_path_get_dirname (path);

    g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
    g_assert_true (g_file_set_contents (path, file->text, -1, NULL));
  }
  g_assert_cmpuint (perceptual_memory_available (root), ==, machine->expected);
  remove_tree (root);
}

static void
test_the_address_space_limits (void)
{
  g_autofree gchar *root = g_dir_make_tmp ("memory-XXXXXX", NULL);
  g_autofree gchar *folder = g_build_filename (root, "proc/self", NULL);
  g_autofree gchar *statm = g_build_filename (folder, "statm", NULL);
  struct rlimit before, limit;
  guint64 space = G_GUINT64_CONSTANT (1) << 46; /* more than sanitizers map */

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (statm, "3 2 1\n", -1, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_AS, &before), ==, 0);
  if (before.rlim_max != RLIM_INFINITY) {
    g_test_skip ("there is a limit already");
    return;
  }
  limit = (struct rlimit){ space, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
  g_assert_cmpuint (perceptual_memory_available (root), ==,
      space - 3 * (guint64) getpagesize ());
  g_assert_cmpint (setrlimit (RLIMIT_AS, &before), ==, 0);
  remove_tree (root);
}

static void
test_this_machine_has_some (void)
{
  guint64 bytes = perceptual_memory_available ("");

  g_assert_cmpuint (bytes, >, 0);
  g_assert_cmpuint (bytes, <, G_MAXUINT64);
}

static void
add (const gchar *what, guint i, gconstpointer data, GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/memory/%s/%u", what, i);

  g_test_add_data_func (path, data, func);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    add ("what-is-said-is-what-is-taken", i, &cases[i],
        test_what_is_said_is_what_is_taken);
    add ("the-largest-images-are-bounded-or-refused", i, &cases[i],
        test_the_largest_images_are_bounded_or_refused);
    add ("a-limit-that-suffices-changes-nothing", i, &cases[i],
        test_a_limit_that_suffices_changes_nothing);
  }
  for (guint i = 0; i < G_N_ELEMENTS (machines); i++)
    add ("available", i, &machines[i], test_available_memory);
  g_test_add_func ("/memory/every-metric-is-in-the-table",
      test_every_metric_is_in_the_table);
  g_test_add_func ("/memory/windows-made-in-goes-are-those-of-one",
      test_windows_made_in_goes_are_those_of_one);
  g_test_add_func (
      "/memory/the-address-space-limits", test_the_address_space_limits);
  g_test_add_func ("/memory/this-machine-has-some", test_this_machine_has_some);
  return g_test_run ();
}
