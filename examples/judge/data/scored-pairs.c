/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list of scored pairs, its images and their distances.  What is broken is
 * found before anything is measured, as far as headers tell.
 */
#include "judge/data/scored-pairs.h"

#include "table/csv.h"
#include "judge/failure.h"
#include "judge/data/image.h"
#include "judge/interrupt.h"

#include "console/printable.h"

#include <math.h>
#include <string.h>

/* Distorted images that are compared with their reference in one call, which
 * then looks at the reference once; more of them only take memory. */
#define BATCH 4

typedef struct
{
  gint reference;
  gint distorted;
  gint score;
  gint group;
} Columns;

static void
free_pair (gpointer data)
{
  JudgeScoredPair *pair = data;

  g_free (pair->reference);
  g_free (pair->distorted);
  g_free (pair->group);
  g_free (pair);
}

void
judge_scored_pairs_free (JudgeScoredPairs *self)
{
  if (self == NULL)
    return;
  g_free (self->label);
  g_ptr_array_unref (self->pairs);
  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->broken);
  g_free (self);
}

const JudgeScoredPair *
judge_scored_pairs_get (const JudgeScoredPairs *self, guint index)
{
  return self->pairs->pdata[index];
}

/* --- the list ------------------------------------------------------------ */

static gboolean
find_columns (
    const Csv *csv, const gchar *path, Columns *columns, GError **error)
{
  g_autofree gchar *names = g_strjoinv (", ", csv->head);

  *columns = (Columns){
    .reference = csv_find (csv, "reference"),
    .distorted = csv_find (csv, "distorted"),
    .score = csv_find (csv, "score"),
    .group = csv_find (csv, "group"),
  };
  for (guint i = 0; i < csv->n_columns; i++) {
    if (csv_find (csv, csv->head[i]) != (gint) i)
      return program_fail (
          error, path, "the first line names \"%s\" twice", csv->head[i]);
  }
  if (columns->reference >= 0 && columns->distorted >= 0 && columns->score >= 0)
    return TRUE;
  return program_fail (error, path,
      "the first line must name the columns reference, distorted, score and, "
      "where wanted, group; it says: %s",
      names);
}

static gboolean
read_score (const gchar *text, gdouble *score, GError **error)
{
  gchar *end = NULL;

  *score = g_ascii_strtod (text, &end);
  /* Which reads hexadecimal numbers as well. */
  if (end != text && *end == '\0' && isfinite (*score)
      && strpbrk (text, "xX") == NULL)
    return TRUE;
  g_set_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA,
      "the score \"%s\" is not a number", text);
  return FALSE;
}

static gboolean
check_sizes (const JudgeScoredPair *pair, guint width, guint height,
    guint other_width, guint other_height, GError **error)
{
  if (width == other_width && height == other_height)
    return TRUE;
  return program_fail (error, pair->distorted,
      "%u x %u pixels, but the reference has %u x %u", other_width,
      other_height, width, height);
}

static gboolean
check_images (const JudgeScoredPair *pair, GError **error)
{
  guint width, height, other_width, other_height;

  return judge_image_peek (pair->reference, &width, &height, error)
      && judge_image_peek (pair->distorted, &other_width, &other_height, error)
      && check_sizes (pair, width, height, other_width, other_height, error);
}

/* A name in the CSV file is relative to that file.  The same file gets the
 * same name, however it is written. */
static gchar *
resolve (const gchar *folder, const gchar *name)
{
  return g_canonicalize_filename (name, folder);
}

static JudgeScoredPair *
open_pair (const Csv *csv, guint row, const Columns *columns,
    const gchar *folder, GError **error)
{
  const gchar *group =
      columns->group >= 0 ? csv_get (csv, row, columns->group) : "";
  JudgeScoredPair *pair = g_new0 (JudgeScoredPair, 1);

  pair->reference = resolve (folder, csv_get (csv, row, columns->reference));
  pair->distorted = resolve (folder, csv_get (csv, row, columns->distorted));
  pair->group = *group != '\0' ? g_strdup (group) : NULL;
  pair->line = csv_line (csv, row);
  if (g_str_equal (group, "total"))
    g_set_error_literal (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA,
        "a group cannot be called \"total\", which is that of all pairs");
  else if (read_score (csv_get (csv, row, columns->score), &pair->score, error)
      && check_images (pair, error))
    return pair;
  free_pair (pair);
  return NULL;
}

static void
add_broken (JudgeScoredPairs *self, guint line, const GError *problem)
{
  g_ptr_array_add (self->broken,
      g_strdup_printf ("%s: line %u: %s", self->label, line, problem->message));
}

static gint
compare_sources (gconstpointer a, gconstpointer b)
{
  const JudgeScoredPair *first = *(JudgeScoredPair *const *) a;
  const JudgeScoredPair *second = *(JudgeScoredPair *const *) b;

  if (first->source != second->source)
    return first->source < second->source ? -1 : 1;
  return (first->line > second->line) - (first->line < second->line);
}

/* Numbers the references, lists the groups, brings the pairs of a reference
 * together. */
static void
arrange (JudgeScoredPairs *self)
{
  g_autoptr (GHashTable) sources = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->pairs->len; i++) {
    JudgeScoredPair *pair = self->pairs->pdata[i];
    gpointer number;

    if (g_hash_table_lookup_extended (
            sources, pair->reference, NULL, &number)) {
      pair->source = GPOINTER_TO_UINT (number);
    } else {
      pair->source = self->n_references++;
      g_hash_table_insert (
          sources, pair->reference, GUINT_TO_POINTER (pair->source));
    }
    if (pair->group != NULL
        && !g_ptr_array_find_with_equal_func (
            self->groups, pair->group, g_str_equal, NULL))
      g_ptr_array_add (self->groups, g_strdup (pair->group));
  }
  g_ptr_array_sort (self->pairs, compare_sources);
}

JudgeScoredPairs *
judge_scored_pairs_open (
    const gchar *path, gboolean skip_broken, GError **error)
{
  g_autoptr (JudgeScoredPairs) self = NULL;
  g_autoptr (Csv) csv = csv_read (path, error);
  g_autofree gchar *dirname = g_path_get_dirname (path);
  g_autofree gchar *folder = g_canonicalize_filename (dirname, NULL);
  Columns columns;

  if (csv == NULL || !find_columns (csv, path, &columns, error))
    return NULL;
  self = g_new0 (JudgeScoredPairs, 1);
  self->label = g_strdup (csv->label);
  self->pairs = g_ptr_array_new_with_free_func (free_pair);
  self->groups = g_ptr_array_new_with_free_func (g_free);
  self->broken = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < csv->rows->len; i++) {
    g_autoptr (GError) problem = NULL;
    JudgeScoredPair *pair;

    if (judge_interrupt_wanted ()) {
      program_fail_interrupted (error, "anything was measured");
      return NULL;
    }
    pair = open_pair (csv, i, &columns, folder, &problem);
    if (pair != NULL)
      g_ptr_array_add (self->pairs, pair);
    else
      add_broken (self, csv_line (csv, i), problem);
  }
  if (self->broken->len > 0 && (!skip_broken || self->pairs->len == 0)) {
    judge_fail_broken (error, self->broken, self->label, skip_broken);
    return NULL;
  }
  if (self->pairs->len == 0) {
    program_fail (error, path, "there are no pairs in it");
    return NULL;
  }
  arrange (self);
  return g_steal_pointer (&self);
}

/* --- pixels -------------------------------------------------------------- */

/**
 * Measuring:
 * @self: the list
 * @metrics: what to measure with
 * @skip_broken: whether to go on after a broken file
 * @reference: decoded, of the pairs that are measured now
 * @source: its number
 * @deepened: @reference has more bits than its file
 * @values: pair by pair
 * @batch: decoded distorted images
 */
typedef struct
{
  JudgeScoredPairs *self;
  const JudgeMetricList *metrics;
  gboolean skip_broken;
  JudgeImage *reference;
  guint source;
  gboolean deepened;
  gdouble *values;
  JudgeImage *batch[BATCH];
} Measuring;

static gboolean
load_pair (Measuring *measuring, const JudgeScoredPair *pair,
    JudgeImage **distorted, GError **error)
{
  const PerceptualImage *view;
  g_autoptr (JudgeImage) image = NULL;

  if (measuring->reference == NULL || measuring->source != pair->source) {
    g_clear_pointer (&measuring->reference, judge_image_free);
    measuring->reference = judge_image_load (pair->reference, error);
    measuring->source = pair->source;
  }
  if (measuring->reference == NULL)
    return FALSE;
  image = judge_image_load (pair->distorted, error);
  if (image == NULL)
    return FALSE;
  view = &measuring->reference->view;
  if (!check_sizes (pair, view->width, view->height, image->view.width,
          image->view.height, error))
    return FALSE;
  *distorted = g_steal_pointer (&image);
  return TRUE;
}

static PerceptualPixels
pixels_of (const JudgeImage *image)
{
  return image->view.pixels;
}

/* The next image of a batch.  Returns: FALSE, @image being freed, where it has
 * not the depth of those before it, which makes the batch end; also, with
 * @error set, where there is no memory. */
static gboolean
add_to_batch (Measuring *measuring, guint *n, JudgeImage *image, GError **error)
{
  JudgeImage *reference = measuring->reference;
  gboolean fits = *n == 0
      || (pixels_of (image) == pixels_of (measuring->batch[0])
          && pixels_of (image) == pixels_of (reference));

  if (fits && pixels_of (image) != pixels_of (reference)) {
    measuring->deepened |= pixels_of (reference) == PERCEPTUAL_PIXELS_RGBX8;
    fits = judge_image_deepen (reference, error)
        && judge_image_deepen (image, error);
  }
  if (!fits) {
    judge_image_free (image);
    return FALSE;
  }
  measuring->batch[(*n)++] = image;
  return TRUE;
}

/* Decodes pairs of one reference from @first on; those that are broken leave
 * the list.  Returns: FALSE with @error set; else @n images, 0 at the list's
 * end. */
static gboolean
load_batch (Measuring *measuring, guint first, guint *n, GError **error)
{
  GPtrArray *pairs = measuring->self->pairs;

  *n = 0;
  if (measuring->deepened)
    g_clear_pointer (&measuring->reference, judge_image_free);
  measuring->deepened = FALSE;
  while (*n < BATCH && first + *n < pairs->len) {
    const JudgeScoredPair *pair = pairs->pdata[first + *n];
    g_autoptr (GError) problem = NULL;
    JudgeImage *image;

    if (*n > 0 && pair->source != measuring->source)
      break;
    if (load_pair (measuring, pair, &image, &problem)) {
      if (add_to_batch (measuring, n, image, error))
        continue;
      return *n > 0;
    }
    add_broken (measuring->self, pair->line, problem);
    g_ptr_array_remove_index (pairs, first + *n);
    if (!measuring->skip_broken)
      return judge_fail_broken (
          error, measuring->self->broken, measuring->self->label, FALSE);
  }
  return TRUE;
}

static gboolean
measure_batch (Measuring *measuring, guint first, guint n, GError **error)
{
  const JudgeScoredPair *pair = judge_scored_pairs_get (measuring->self, first);
  guint n_metrics = measuring->metrics->metrics->len;
  g_autofree gdouble *found = g_new (gdouble, (gsize) n_metrics * n);
  PerceptualImage distorted[BATCH];

  for (guint i = 0; i < n; i++)
    distorted[i] = measuring->batch[i]->view;
  if (!judge_metric_list_measure (measuring->metrics,
          &measuring->reference->view, distorted, n, found, error)) {
    g_autofree gchar *name = printable_text (pair->reference);

    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < n_metrics; j++)
      measuring->values[((gsize) first + i) * n_metrics + j] =
          found[(gsize) j * n + i];
  }
  return TRUE;
}

/* Of @n pairs, those that can be measured: all, or none, which then are
 * broken, or not measured because the user wants to stop. */
static gboolean
try_batch (Measuring *measuring, guint first, guint *n, GError **error)
{
  GPtrArray *pairs = measuring->self->pairs;
  g_autoptr (GError) problem = NULL;

  if (measure_batch (measuring, first, *n, &problem))
    return TRUE;
  if (judge_is_cancelled (problem)) {
    *n = 0;
    return TRUE;
  }
  if (!measuring->skip_broken || !judge_is_broken (problem)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  for (; *n > 0; --*n) {
    add_broken (measuring->self,
        judge_scored_pairs_get (measuring->self, first)->line, problem);
    g_ptr_array_remove_index (pairs, first);
  }
  return TRUE;
}

gdouble *
judge_scored_pairs_measure (
    JudgeScoredPairs *self, JudgeSession *session, GError **error)
{
  guint n_metrics = session->metrics->metrics->len;
  g_autofree gdouble *values =
      g_new0 (gdouble, (gsize) self->pairs->len * n_metrics);
  Measuring measuring = { .self = self,
    .metrics = session->metrics,
    .skip_broken = session->options.skip_broken,
    .values = values };
  gboolean done = TRUE;
  guint first = 0;

  while (done && first < self->pairs->len && !judge_interrupted (session)) {
    guint n = 0;

    done = load_batch (&measuring, first, &n, error)
        && (n == 0 || try_batch (&measuring, first, &n, error));
    for (guint i = 0; i < BATCH; i++)
      g_clear_pointer (&measuring.batch[i], judge_image_free);
    first += n;
    console_advance (&session->console, first,
        (gdouble) first / (gdouble) MAX (self->pairs->len, 1));
  }
  judge_image_free (measuring.reference);
  if (!done)
    return NULL;
  g_ptr_array_set_size (self->pairs, (gint) first);
  if (first == 0 && session->interrupted)
    done = program_fail_interrupted (error, "anything was measured");
  else if (first == 0)
    done = judge_fail_broken (error, self->broken, self->label, TRUE);
  return done ? g_steal_pointer (&values) : NULL;
}
