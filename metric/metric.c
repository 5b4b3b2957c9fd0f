/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PerceptualMetric: making one from its descriptor, checking images at the
 * border of the library, freeing.
 */
#include "metric-private.h"
#include "option.h"
#include "scale.h"
#include "machine/memory.h"
#include "machine/workers.h"
#include "rows/pixels.h"
#include "rows/row-programs.h"
#include "config.h"

#include <math.h>
#include <stdlib.h>

/* The macro makes a string of its first argument, spaces and all. */
/* clang-format off */
G_DEFINE_QUARK (perceptual-error-quark, perceptual_error)
/* clang-format on */

#define BUFFER_ALIGNMENT 64
/* Below so many pixels in all no metric takes memory worth asking about. */
#define FEW_PIXELS (4 << 20)

const gchar *
perceptual_version (void)
{
  return PACKAGE_VERSION;
}

static const PerceptualMetricClass *
find_class (const gchar *name, GError **error)
{
  if (perceptual_metric_find (name, error) == NULL)
    return NULL;
  for (guint i = 0; perceptual_metric_classes[i] != NULL; i++) {
    if (g_strcmp0 (perceptual_metric_classes[i]->info.name, name) == 0)
      return perceptual_metric_classes[i];
  }
  return NULL;
}

PerceptualMetric *
perceptual_metric_new (const gchar *name, GVariant *options,
    PerceptualWorkers *workers, GError **error)
{
  const PerceptualMetricClass *klass;
  PerceptualMetric *self;
  g_autoptr (GVariant) given = NULL;
  g_autoptr (GVariant) complete = NULL;

  g_return_val_if_fail (name != NULL && workers != NULL, NULL);
  if (options != NULL) {
    given = g_variant_ref_sink (options);
    g_return_val_if_fail (
        g_variant_is_of_type (given, G_VARIANT_TYPE_VARDICT), NULL);
  }

  klass = find_class (name, error);
  if (klass == NULL)
    return NULL;
  complete = perceptual_options_complete (&klass->info, given, error);
  if (complete == NULL)
    return NULL;

  self = g_malloc0 (klass->instance_size);
  self->klass = klass;
  self->workers = perceptual_workers_ref (workers);
  self->options = g_steal_pointer (&complete);
  self->scale = 1;
  if (perceptual_option_find (klass->info.options, "scale") != NULL)
    self->scale =
        perceptual_scale_parse (perceptual_metric_string (self, "scale"), NULL);
  self->min_width = MAX (klass->min_width, 1);
  self->min_height = MAX (klass->min_height, 1);
  /* ORC aborts where it finds no memory to compile a program.  So all are
   * compiled here, and an image too large for the memory is only an error. */
  if (!klass->own_rows)
    perceptual_row_programs ();
  if (klass->init != NULL && !klass->init (self, error)) {
    perceptual_metric_free (self);
    return NULL;
  }
  return self;
}

void
perceptual_metric_free (PerceptualMetric *self)
{
  if (self == NULL)
    return;
  if (self->klass->finalize != NULL)
    self->klass->finalize (self);
  for (guint i = 0; i < self->n_reduced; i++)
    perceptual_reduced_clear (&self->reduced[i]);
  g_free (self->reduced);
  perceptual_workers_unref (self->workers);
  g_variant_unref (self->options);
  g_free (self);
}

const PerceptualMetricInfo *
perceptual_metric_get_info (const PerceptualMetric *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->klass->info;
}

GVariant *
perceptual_metric_get_options (const PerceptualMetric *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->options;
}

const PerceptualWeightsInfo *
perceptual_metric_get_weights (const PerceptualMetric *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->weights;
}

gdouble
perceptual_metric_get_scale (
    const PerceptualMetric *self, guint width, guint height)
{
  g_return_val_if_fail (self != NULL, 1);

  return 1. / perceptual_scale_factor (self->scale, width, height);
}

const gchar *
perceptual_metric_get_arithmetic (const PerceptualMetric *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->arithmetic;
}

const gchar *
perceptual_metric_get_note (const PerceptualMetric *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->note;
}

const gchar *
perceptual_metric_get_tap_name (
    const PerceptualMetric *self, guint tap, gboolean rgb)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->klass->tap_name != NULL ? self->klass->tap_name (self, tap, rgb)
                                       : NULL;
}

static GVariant *
lookup (PerceptualMetric *self, const gchar *name)
{
  GVariant *value = g_variant_lookup_value (self->options, name, NULL);

  g_assert (value != NULL); /* the metric asks for what its table lacks */
  return value;
}

gboolean
perceptual_metric_boolean (PerceptualMetric *self, const gchar *name)
{
  g_autoptr (GVariant) value = lookup (self, name);

  return g_variant_get_boolean (value);
}

guint64
perceptual_metric_uint (PerceptualMetric *self, const gchar *name)
{
  g_autoptr (GVariant) value = lookup (self, name);

  return g_variant_get_uint64 (value);
}

gdouble
perceptual_metric_double (PerceptualMetric *self, const gchar *name)
{
  g_autoptr (GVariant) value = lookup (self, name);

  return g_variant_get_double (value);
}

const gchar *
perceptual_metric_string (PerceptualMetric *self, const gchar *name)
{
  g_autoptr (GVariant) value = lookup (self, name);

  /* The string lives in self->options, not in the value we let go. */
  return g_variant_get_string (value, NULL);
}

static gboolean
check_planes (const PerceptualImage *image, const gchar *which, GError **error)
{
  guint bytes = image->depth > 8 ? 2 : 1;

  if (image->planes[0].data == NULL)
    return TRUE;
  if (image->depth < 8 || image->depth > 16
      || image->shift > bytes * 8 - image->depth
      || image->planes[0].width != image->width
      || image->planes[0].height != image->height)
    goto wrong;
  for (guint i = 0; i < 3; i++) {
    const PerceptualPlane *plane = &image->planes[i];

    if (plane->data == NULL)
      continue;
    if (plane->step % bytes != 0 || plane->stride % bytes != 0
        || (guintptr) plane->data % bytes != 0)
      goto wrong;
    if (plane->width == 0 || plane->height == 0 || plane->step < bytes
        || plane->width > image->width || plane->height > image->height
        || plane->step > G_MAXSIZE / PERCEPTUAL_MAX_SIZE - bytes
        || plane->stride < (plane->width - 1) * plane->step + bytes)
      goto wrong;
  }
  return TRUE;

wrong:
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
      "The Y'CbCr planes of the %s image do not fit its %ux%u pixels and "
      "%u bits, or their samples do not lie at even addresses",
      which, image->width, image->height, image->depth);
  return FALSE;
}

static gboolean
planes_suffice (const PerceptualMetric *self, const PerceptualImage *reference,
    const PerceptualImage *distorted)
{
  return self->klass->planes_suffice != NULL
      && self->klass->planes_suffice (reference, distorted);
}

static gboolean
check_smallest (const PerceptualMetric *self, const PerceptualImage *image,
    const gchar *which, GError **error)
{
  guint factor =
      perceptual_scale_factor (self->scale, image->width, image->height);
  guint width = perceptual_scale_side (image->width, factor);
  guint height = perceptual_scale_side (image->height, factor);

  if (width >= self->min_width && height >= self->min_height)
    return TRUE;
  if (factor == 1)
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "The %s image is %ux%u; the smallest that %s takes is %ux%u", which,
        image->width, image->height, self->klass->info.name, self->min_width,
        self->min_height);
  else
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "The %s image is %ux%u, which scale=%g makes %ux%u; the smallest that "
        "%s takes is %ux%u",
        which, image->width, image->height, 1. / factor, width, height,
        self->klass->info.name, self->min_width, self->min_height);
  return FALSE;
}

/* @planes: whether its planes suffice */
static gboolean
check_image (PerceptualMetric *self, const PerceptualImage *image,
    gboolean planes, const gchar *which, GError **error)
{
  guint unit = perceptual_pixels_alignment (image->pixels);

  if (image->pixels != PERCEPTUAL_PIXELS_RGBX8
      && image->pixels != PERCEPTUAL_PIXELS_RGBX16
      && image->pixels != PERCEPTUAL_PIXELS_RGB8) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The %s image has the pixel layout %d, which does not exist", which,
        (gint) image->pixels);
    return FALSE;
  }
  if (!check_smallest (self, image, which, error))
    return FALSE;
  if (image->width > PERCEPTUAL_MAX_SIZE
      || image->height > PERCEPTUAL_MAX_SIZE) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "The %s image is %ux%u; the largest supported is %ux%u", which,
        image->width, image->height, PERCEPTUAL_MAX_SIZE, PERCEPTUAL_MAX_SIZE);
    return FALSE;
  }
  if (image->data == NULL && planes)
    return check_planes (image, which, error);
  if (image->data == NULL && image->planes[0].data != NULL
      && self->klass->planes_suffice != NULL) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The planes of the reference and the distorted image cannot be "
        "compared with each other, and the %s image has no R'G'B' pixels; "
        "give those of both",
        which);
    return FALSE;
  }
  /* ORC's vector code crashes on data that is not aligned to its own size. */
  if (image->data == NULL
      || image->stride
          < perceptual_pixels_row_bytes (image->pixels, image->width)
      || image->stride % unit != 0 || (guintptr) image->data % unit != 0) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The %s image has no data, a stride too short for %u pixels, or rows "
        "that do not begin at multiples of %u bytes",
        which, image->width, unit);
    return FALSE;
  }
  return check_planes (image, which, error);
}

static gboolean
check_pair (const PerceptualImage *reference, const PerceptualImage *distorted,
    GError **error)
{
  if (reference->width != distorted->width
      || reference->height != distorted->height) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The reference is %ux%u but the distorted image is %ux%u",
        reference->width, reference->height, distorted->width,
        distorted->height);
    return FALSE;
  }
  if (reference->pixels != distorted->pixels) {
    g_set_error_literal (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The reference and the distorted image have different pixel layouts");
    return FALSE;
  }
  return TRUE;
}

/* Weights may come from anyone, and may make numbers that single precision
 * cannot hold. */
static gboolean
check_finite (const PerceptualMetric *self, const PerceptualResult *results,
    guint n, GError **error)
{
  const PerceptualWeightsInfo *weights = perceptual_metric_get_weights (self);

  for (guint i = 0; weights != NULL && i < n; i++) {
    if (isfinite (results[i].distance))
      continue;
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_WEIGHTS_INVALID,
        "The weights %s make numbers too large for single precision: the "
        "distance of these images is not finite",
        weights->path != NULL ? weights->path : weights->name);
    return FALSE;
  }
  return TRUE;
}

/* --- memory --------------------------------------------------------------- */

guint64
perceptual_metric_bytes (PerceptualMetric *self, guint width, guint height,
    guint n_distorted, PerceptualCompareFlags flags)
{
  guint factor = perceptual_scale_factor (self->scale, width, height);
  guint w = perceptual_scale_side (width, factor);
  guint h = perceptual_scale_side (height, factor);
  guint at_once = self->one_by_one ? 1 : n_distorted;
  guint64 bytes = 0;

  if (self->klass->bytes != NULL)
    bytes = self->klass->bytes (self, w, h, at_once, flags);
  if (flags & PERCEPTUAL_COMPARE_MAP)
    bytes += (guint64) n_distorted * width * height * sizeof (gfloat);
  if (factor > 1) {
    bytes += perceptual_reduced_bytes (w, h) * (1 + (guint64) n_distorted);
    if (flags & PERCEPTUAL_COMPARE_MAP)
      bytes += (guint64) n_distorted * w * h * sizeof (gfloat);
  }
  return bytes;
}

/* Systems hand out more memory than there is, and end a program that uses it.
 * So what cannot fit is refused before. */
static gboolean
check_memory (PerceptualMetric *self, const PerceptualImage *image,
    guint n_distorted, PerceptualCompareFlags flags, GError **error)
{
  guint64 pixels =
      (guint64) image->width * image->height * (1 + (guint64) n_distorted);
  guint64 bytes, available;

  if ((self->memory_limit == 0 && pixels < FEW_PIXELS)
      || (self->fits.width == image->width && self->fits.height == image->height
          && self->fits.n_distorted == n_distorted
          && self->fits.flags == flags))
    return TRUE;
  bytes = perceptual_metric_bytes (
      self, image->width, image->height, n_distorted, flags);
  available = self->memory_limit != 0 ? self->memory_limit
                                      : perceptual_memory_available ("");
  if (bytes > available) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
        "Comparing images of %ux%u by %s%s takes %.1f GB of memory "
        "(%" G_GUINT64_FORMAT " bytes), but only %.1f GB can be had here; crop "
        "the images, make them smaller, or choose another metric",
        image->width, image->height, self->klass->info.name,
        flags & PERCEPTUAL_COMPARE_MAP ? " with a distance map" : "",
        (gdouble) bytes / 1e9, bytes, (gdouble) available / 1e9);
    return FALSE;
  }
  self->fits.width = image->width;
  self->fits.height = image->height;
  self->fits.n_distorted = n_distorted;
  self->fits.flags = flags;
  return TRUE;
}

/* --- comparing ------------------------------------------------------------ */

static gboolean
compare_all (PerceptualMetric *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  guint step = self->one_by_one ? 1 : n_distorted;

  for (guint i = 0; i < n_distorted; i += step) {
    if (!self->klass->compare (
            self, reference, &distorted[i], step, flags, &results[i], error))
      return FALSE;
  }
  return TRUE;
}

/* Room for a reference and @n distorted images that are made smaller. */
static void
reserve_reduced (PerceptualMetric *self, guint n)
{
  if (self->n_reduced > n)
    return;
  self->reduced = g_renew (PerceptualReduced, self->reduced, n + 1);
  for (; self->n_reduced <= n; self->n_reduced++)
    self->reduced[self->n_reduced] = (PerceptualReduced){ 0 };
}

/* Compares images that are made smaller by @factor.  Of each image that is
 * done what the metric reads of the pairs that it is in. */
static gboolean
compare_reduced (PerceptualMetric *self, guint factor,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  g_autofree PerceptualImage *images = g_new (PerceptualImage, n_distorted);
  gboolean pixels = FALSE, planes = FALSE;

  reserve_reduced (self, n_distorted);
  for (guint i = 0; i < n_distorted; i++) {
    gboolean suffice = planes_suffice (self, reference, &distorted[i]);

    pixels |= !suffice;
    planes |= suffice;
    if (!perceptual_reduce (&self->reduced[i + 1], &distorted[i], factor,
            !suffice, suffice, self->workers, error))
      return FALSE;
    images[i] = self->reduced[i + 1].image;
  }
  if (!perceptual_reduce (&self->reduced[0], reference, factor, pixels, planes,
          self->workers, error)
      || !compare_all (self, &self->reduced[0].image, images, n_distorted,
          flags, results, error))
    return FALSE;
  for (guint i = 0; i < n_distorted && (flags & PERCEPTUAL_COMPARE_MAP); i++) {
    if (!perceptual_scale_map (&results[i], factor, reference->width,
            reference->height, self->workers, error))
      return FALSE;
  }
  return TRUE;
}

static void
clear_results (PerceptualResult *results, guint n)
{
  for (guint i = 0; i < n; i++)
    perceptual_result_clear (&results[i]);
}

static gboolean
check_flags (
    const PerceptualMetric *self, PerceptualCompareFlags flags, GError **error)
{
  if ((flags & PERCEPTUAL_COMPARE_MAP)
      && !(self->klass->info.flags & PERCEPTUAL_METRIC_MAP)) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
        "The metric %s has no distance map", self->klass->info.name);
    return FALSE;
  }
  if ((flags & PERCEPTUAL_COMPARE_CHANNELS)
      && !(self->klass->info.flags & PERCEPTUAL_METRIC_CHANNELS)) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
        "The metric %s has no channels to list; lpips has",
        self->klass->info.name);
    return FALSE;
  }
  return TRUE;
}

/* A reference and its distorted images. */
static gboolean
check_set (PerceptualMetric *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted, GError **error)
{
  gboolean planes = TRUE;

  for (guint i = 0; i < n_distorted; i++)
    planes = planes && planes_suffice (self, reference, &distorted[i]);
  if (!check_image (self, reference, planes, "reference", error))
    return FALSE;
  for (guint i = 0; i < n_distorted; i++) {
    planes = planes_suffice (self, reference, &distorted[i]);
    if (!check_pair (reference, &distorted[i], error)
        || !check_image (self, &distorted[i], planes, "distorted", error))
      return FALSE;
  }
  return TRUE;
}

/* Compares images that have been checked. */
static gboolean
compare_set (PerceptualMetric *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  guint factor = perceptual_scale_factor (
      self->scale, reference->width, reference->height);

  if (!check_memory (self, reference, n_distorted, flags, error))
    return FALSE;
  if (factor > 1)
    return compare_reduced (
        self, factor, reference, distorted, n_distorted, flags, results, error);
  return compare_all (
      self, reference, distorted, n_distorted, flags, results, error);
}

/* What holds for all results once they are there. */
static gboolean
conclude (PerceptualMetric *self, guint mark, const PerceptualResult *results,
    guint n, GError **error)
{
  if (perceptual_workers_was_cancelled (self->workers, mark)) {
    g_set_error_literal (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_CANCELLED,
        "The comparison was cancelled");
    return FALSE;
  }
  return check_finite (self, results, n, error);
}

gboolean
perceptual_metric_compare (PerceptualMetric *self,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  guint mark;
  gboolean ok;

  g_return_val_if_fail (self != NULL && reference != NULL, FALSE);
  g_return_val_if_fail (distorted != NULL && results != NULL, FALSE);
  g_return_val_if_fail (n_distorted > 0, FALSE);

  clear_results (results, n_distorted);
  if (!check_set (self, reference, distorted, n_distorted, error)
      || !check_flags (self, flags, error))
    return FALSE;
  mark = perceptual_workers_mark (self->workers);
  ok = compare_set (
           self, reference, distorted, n_distorted, flags, results, error)
      && conclude (self, mark, results, n_distorted, error);
  if (!ok)
    clear_results (results, n_distorted);
  return ok;
}

/* Says which reference an error is about. */
static void
name_set (GError **error, guint number)
{
  g_prefix_error (error, "reference %u: ", number);
}

/* One after the other. */
static gboolean
compare_in_turn (PerceptualMetric *self, const PerceptualImage *references,
    guint n_references, const PerceptualImage *distorted, guint each,
    PerceptualCompareFlags flags, PerceptualResult *results, guint mark,
    GError **error)
{
  for (guint i = 0; i < n_references
       && !perceptual_workers_was_cancelled (self->workers, mark);
       i++) {
    gsize first = (gsize) i * each;

    if (!compare_set (self, &references[i], &distorted[first], each, flags,
            &results[first], error)) {
      name_set (error, i);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
has_faster_many (const PerceptualMetric *self)
{
  return self->klass->compare_many != NULL && !self->one_by_one;
}

gboolean
perceptual_metric_gains_from_many (
    const PerceptualMetric *self, guint width, guint height)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return has_faster_many (self)
      && perceptual_scale_factor (self->scale, width, height) == 1;
}

gboolean
perceptual_metric_compare_many (PerceptualMetric *self,
    const PerceptualImage *references, guint n_references,
    const PerceptualImage *distorted, guint each, PerceptualCompareFlags flags,
    PerceptualResult *results, GError **error)
{
  gboolean ok, whole = TRUE;
  guint mark, n;

  g_return_val_if_fail (self != NULL && references != NULL, FALSE);
  g_return_val_if_fail (distorted != NULL && results != NULL, FALSE);
  g_return_val_if_fail (n_references > 0 && each > 0, FALSE);
  g_return_val_if_fail (n_references <= G_MAXUINT / each, FALSE);

  n = n_references * each;
  clear_results (results, n);
  if (!check_flags (self, flags, error))
    return FALSE;
  for (guint i = 0; i < n_references; i++) {
    if (!check_set (
            self, &references[i], &distorted[(gsize) i * each], each, error)
        || !check_memory (self, &references[i], each, flags, error)) {
      name_set (error, i);
      return FALSE;
    }
    whole = whole
        && perceptual_scale_factor (
               self->scale, references[i].width, references[i].height)
            == 1;
  }
  mark = perceptual_workers_mark (self->workers);
  if (whole && has_faster_many (self))
    ok = self->klass->compare_many (
        self, references, n_references, distorted, each, flags, results, error);
  else
    ok = compare_in_turn (self, references, n_references, distorted, each,
        flags, results, mark, error);
  ok = ok && conclude (self, mark, results, n, error);
  if (!ok)
    clear_results (results, n);
  return ok;
}

void
perceptual_result_clear (PerceptualResult *result)
{
  g_return_if_fail (result != NULL);

  perceptual_buffer_free (result->map);
  perceptual_buffer_free (result->channels);
  *result = (PerceptualResult){ 0 };
}

gpointer
perceptual_buffer_new (gsize n, gsize size, GError **error)
{
  gsize bytes;
  gpointer buffer = NULL;

  /* aligned_alloc wants a whole number of alignments. */
  if (g_size_checked_mul (&bytes, n, size)
      && bytes <= G_MAXSIZE - BUFFER_ALIGNMENT) {
    bytes = MAX (bytes, 1);
    bytes = (bytes + BUFFER_ALIGNMENT - 1) & ~(gsize) (BUFFER_ALIGNMENT - 1);
    buffer = aligned_alloc (BUFFER_ALIGNMENT, bytes);
  }
  if (buffer == NULL)
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
        "No memory for a buffer of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
        " bytes",
        n, size);
  return buffer;
}

void
perceptual_buffer_free (gpointer buffer)
{
  free (buffer);
}
