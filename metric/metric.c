/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PerceptualMetric: making one from its descriptor, checking images at the
 * border of the library, freeing.
 */
#include "metric-private.h"
#include "option.h"
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

const gchar *
perceptual_metric_get_arithmetic (const PerceptualMetric *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->arithmetic;
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
  if (image->width < self->min_width || image->height < self->min_height) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "The %s image is %ux%u; the smallest that %s takes is %ux%u", which,
        image->width, image->height, self->klass->info.name, self->min_width,
        self->min_height);
    return FALSE;
  }
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

gboolean
perceptual_metric_compare (PerceptualMetric *self,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  gboolean ok, planes = TRUE;
  guint mark;

  g_return_val_if_fail (self != NULL && reference != NULL, FALSE);
  g_return_val_if_fail (distorted != NULL && results != NULL, FALSE);
  g_return_val_if_fail (n_distorted > 0, FALSE);

  for (guint i = 0; i < n_distorted; i++)
    perceptual_result_clear (&results[i]);
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
  mark = perceptual_workers_mark (self->workers);
  ok = compare_all (
      self, reference, distorted, n_distorted, flags, results, error);
  if (ok && perceptual_workers_was_cancelled (self->workers, mark)) {
    g_set_error_literal (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_CANCELLED,
        "The comparison was cancelled");
    ok = FALSE;
  }
  ok = ok && check_finite (self, results, n_distorted, error);
  for (guint i = 0; !ok && i < n_distorted; i++)
    perceptual_result_clear (&results[i]);
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
