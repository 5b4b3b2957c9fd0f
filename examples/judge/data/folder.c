/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The index of a data set in BAPPS layout, its images and their distances.
 * What is broken is found before anything is measured, as far as headers tell.
 */
#include "judge/data/folder.h"

#include "judge/failure.h"
#include "judge/interrupt.h"
#include "judge/data/npy.h"

#include "console/printable.h"

#include <string.h>

const JudgeLayout judge_layout_2afc = {
  .unit = "triplets",
  .images = { "ref", "p0", "p1" },
  .n_images = 3,
  .judgements = "judge",
};

const JudgeLayout judge_layout_jnd = {
  .unit = "pairs",
  .images = { "p0", "p1" },
  .n_images = 2,
  .judgements = "same",
};

static void
free_item (gpointer data)
{
  JudgeItem *item = data;

  if (item == NULL)
    return;
  g_free (item->name);
  for (guint i = 0; i < JUDGE_MAX_IMAGES; i++)
    g_free (item->files[i]);
  g_free (item);
}

void
judge_folder_free (JudgeFolder *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->broken);
  g_free (self->label);
  g_free (self->path);
  g_free (self);
}

const JudgeItem *
judge_folder_get (const JudgeFolder *self, guint index)
{
  return self->items->pdata[index];
}

/* --- the index ----------------------------------------------------------- */

/* Adds the base names of the files in @self/@inner that end in @ending. */
static gboolean
collect_names (const JudgeFolder *self, const gchar *inner, const gchar *ending,
    GHashTable *names, GError **error)
{
  g_autofree gchar *path = g_build_filename (self->path, inner, NULL);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &reason);
  const gchar *file;

  if (folder == NULL)
    return program_fail (error, self->path,
        "no folder %s/ that can be read in it; %s are in the folders %s/, "
        "%s/%s%s and %s/",
        inner, self->layout->unit, self->layout->images[0],
        self->layout->images[1], self->layout->n_images > 2 ? ", " : "",
        self->layout->n_images > 2 ? "p1/" : "", self->layout->judgements);
  while ((file = g_dir_read_name (folder)) != NULL) {
    if (g_str_has_suffix (file, ending) && *file != '.')
      g_hash_table_add (
          names, g_strndup (file, strlen (file) - strlen (ending)));
  }
  return TRUE;
}

static gchar *
file_of (const JudgeFolder *self, const gchar *inner, const gchar *name,
    const gchar *ending)
{
  g_autofree gchar *file = g_strconcat (name, ending, NULL);

  return g_build_filename (self->path, inner, file, NULL);
}

static gboolean
read_judgement (const JudgeFolder *self, JudgeItem *item, GError **error)
{
  g_autofree gchar *file =
      file_of (self, self->layout->judgements, item->name, ".npy");

  if (!judge_npy_read_number (file, &item->judgement, error))
    return FALSE;
  /* So that NaN is refused too. */
  if (!(item->judgement >= 0 && item->judgement <= 1))
    return program_fail (error, file,
        "%g is not a fraction of people; it must be from 0 to 1",
        item->judgement);
  return TRUE;
}

static gboolean
check_images (const JudgeFolder *self, const JudgeItem *item, GError **error)
{
  guint width = 0, height = 0;

  for (guint i = 0; i < self->layout->n_images; i++) {
    guint w, h;

    if (!judge_image_peek (item->files[i], &w, &h, error))
      return FALSE;
    if (i == 0) {
      width = w;
      height = h;
    } else if (w != width || h != height) {
      return program_fail (error, item->files[i],
          "%u x %u pixels, but %s/ has %u x %u under the same name", w, h,
          self->layout->images[0], width, height);
    }
  }
  return TRUE;
}

static JudgeItem *
open_item (const JudgeFolder *self, const gchar *name, GError **error)
{
  JudgeItem *item = g_new0 (JudgeItem, 1);

  item->name = g_strdup (name);
  for (guint i = 0; i < self->layout->n_images; i++)
    item->files[i] = file_of (self, self->layout->images[i], name, ".png");
  if (read_judgement (self, item, error) && check_images (self, item, error))
    return item;
  free_item (item);
  return NULL;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Returns: (transfer container): the base names, sorted; NULL with @error. */
static GPtrArray *
list_names (const JudgeFolder *self, GHashTable *names, GError **error)
{
  const JudgeLayout *layout = self->layout;
  GPtrArray *list;
  GHashTableIter iter;
  gpointer name;

  if (!collect_names (self, layout->judgements, ".npy", names, error))
    return NULL;
  for (guint i = 0; i < layout->n_images; i++) {
    if (!collect_names (self, layout->images[i], ".png", names, error))
      return NULL;
  }
  list = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (list, name);
  g_ptr_array_sort (list, compare_names);
  return list;
}

JudgeFolder *
judge_folder_open (const gchar *path, const JudgeLayout *layout,
    gboolean skip_broken, GError **error)
{
  g_autoptr (GHashTable) names =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JudgeFolder) self = g_new0 (JudgeFolder, 1);
  g_autoptr (GPtrArray) list = NULL;

  self->path = g_strdup (path);
  self->label = printable_text (path);
  self->layout = layout;
  self->items = g_ptr_array_new_with_free_func (free_item);
  self->broken = g_ptr_array_new_with_free_func (g_free);
  list = list_names (self, names, error);
  if (list == NULL)
    return NULL;
  for (guint i = 0; i < list->len; i++) {
    g_autoptr (GError) problem = NULL;
    JudgeItem *item;

    if (judge_interrupt_wanted ()) {
      program_fail_interrupted (error, "anything was measured");
      return NULL;
    }
    item = open_item (self, list->pdata[i], &problem);
    if (item != NULL)
      g_ptr_array_add (self->items, item);
    else
      g_ptr_array_add (self->broken, g_strdup (problem->message));
  }
  if (self->broken->len > 0 && (!skip_broken || self->items->len == 0)) {
    judge_fail_broken (error, self->broken, self->label, skip_broken);
    return NULL;
  }
  if (self->items->len == 0) {
    program_fail (error, path, "there are no %s in it", layout->unit);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/* --- pixels -------------------------------------------------------------- */

gboolean
judge_folder_load (
    const JudgeFolder *self, guint index, JudgeImage **images, GError **error)
{
  const JudgeItem *item = judge_folder_get (self, index);
  JudgeImage *loaded[JUDGE_MAX_IMAGES] = { NULL };
  guint n = self->layout->n_images;
  gboolean whole = TRUE, deep = FALSE;

  for (guint i = 0; i < n && whole; i++) {
    loaded[i] = judge_image_load (item->files[i], error);
    whole = loaded[i] != NULL;
    if (whole
        && (loaded[i]->view.width != loaded[0]->view.width
            || loaded[i]->view.height != loaded[0]->view.height))
      whole = program_fail (error, item->files[i],
          "%u x %u pixels, but %s/ has %u x %u under the same name",
          loaded[i]->view.width, loaded[i]->view.height,
          self->layout->images[0], loaded[0]->view.width,
          loaded[0]->view.height);
    deep |= whole && loaded[i]->view.pixels == PERCEPTUAL_PIXELS_RGBX16;
  }
  /* Images that are compared have one depth. */
  for (guint i = 0; i < n && whole && deep; i++)
    whole = judge_image_deepen (loaded[i], error);
  for (guint i = 0; i < n; i++) {
    if (whole)
      images[i] = loaded[i];
    else
      judge_image_free (loaded[i]);
  }
  return whole;
}

static gboolean
measure_item (const JudgeFolder *self, guint index,
    const JudgeMetricList *metrics, gdouble *values, GError **error)
{
  const JudgeItem *item = judge_folder_get (self, index);
  guint n = self->layout->n_images;
  JudgeImage *images[JUDGE_MAX_IMAGES] = { NULL };
  PerceptualImage distorted[JUDGE_MAX_IMAGES];
  gboolean done;

  if (!judge_folder_load (self, index, images, error))
    return FALSE;
  for (guint i = 1; i < n; i++)
    distorted[i - 1] = images[i]->view;
  done = judge_metric_list_measure (
      metrics, &images[0]->view, distorted, n - 1, values, error);
  if (!done) {
    g_autofree gchar *name = printable_text (item->files[0]);

    g_prefix_error (error, "%s: ", name);
  }
  for (guint i = 0; i < n; i++)
    judge_image_free (images[i]);
  return done;
}

/* --- many items at a time ------------------------------------------------ */

/* Items that are measured together, and the pixels of their images. */
#define GROUP_ITEMS 64
#define GROUP_PIXELS (4u << 20)

/* Some items in memory. */
typedef struct
{
  const JudgeFolder *folder;
  guint first;  /* number of the first item */
  guint n;      /* items of which all images are there */
  guint loaded; /* items before the wave that is being loaded */
  JudgeImage *images[GROUP_ITEMS][JUDGE_MAX_IMAGES];
} Group;

static void
load_item (gpointer user, guint job, guint worker)
{
  Group *group = user;
  guint place = group->loaded + job;

  judge_folder_load (
      group->folder, group->first + place, group->images[place], NULL);
}

static guint64
pixels_of (const Group *group, guint place)
{
  const PerceptualImage *view = &group->images[place][0]->view;

  return (guint64) view->width * view->height * group->folder->layout->n_images;
}

/* Loads items from number @group->first on, on all threads, until there are
 * enough or one is broken; a few at a time, since their sizes are not known. */
static void
fill_group (Group *group, PerceptualWorkers *workers)
{
  guint rest = group->folder->items->len - group->first;
  guint most = MIN (GROUP_ITEMS, rest), wave = 1;
  guint64 pixels = 0, largest = 1;

  while (
      group->n == group->loaded && group->n < most && pixels < GROUP_PIXELS) {
    wave = MIN (wave, most - group->n);
    perceptual_workers_run (workers, wave, load_item, group);
    group->loaded += wave;
    for (; group->n < group->loaded && group->images[group->n][0] != NULL;
         group->n++) {
      guint64 more = pixels_of (group, group->n);

      pixels += more;
      largest = MAX (largest, more);
    }
    wave = 4 * perceptual_workers_get_threads (workers);
    if (pixels < GROUP_PIXELS)
      wave = (guint) CLAMP ((GROUP_PIXELS - pixels) / largest, 1, wave);
  }
}

static void
clear_group (Group *group)
{
  for (guint i = 0; i < group->loaded; i++) {
    for (guint j = 0; j < group->folder->layout->n_images; j++)
      judge_image_free (group->images[i][j]);
  }
}

/* Measures some items from number @first on.  Returns: how many; 0 where the
 * first of them, or measuring them together, has a problem, which measuring one
 * item will tell. */
static guint
measure_group (const JudgeFolder *self, guint first,
    const JudgeSession *session, gdouble *values)
{
  guint each = self->layout->n_images - 1;
  g_autofree Group *group = g_new0 (Group, 1);
  PerceptualImage references[GROUP_ITEMS];
  PerceptualImage distorted[GROUP_ITEMS * JUDGE_MAX_IMAGES];
  guint n;

  group->folder = self;
  group->first = first;
  fill_group (group, session->workers);
  for (guint i = 0; i < group->n; i++) {
    references[i] = group->images[i][0]->view;
    for (guint j = 0; j < each; j++)
      distorted[i * each + j] = group->images[i][1 + j]->view;
  }
  n = group->n;
  if (n > 0
      && !judge_metric_list_measure_many (
          session->metrics, references, n, distorted, each, values, NULL))
    n = 0;
  clear_group (group);
  return n;
}

gdouble *
judge_folder_measure (JudgeFolder *self, JudgeSession *session, GError **error)
{
  const JudgeMetricList *metrics = session->metrics;
  guint per_item = metrics->metrics->len * (self->layout->n_images - 1);
  guint total = self->items->len, measured = 0;
  g_autofree gdouble *values = g_new0 (gdouble, (gsize) total * per_item);

  while (measured < self->items->len && !judge_interrupted (session)) {
    gdouble *place = values + (gsize) measured * per_item;
    guint seen = total - self->items->len + measured + 1;
    guint together = measure_group (self, measured, session, place);
    g_autoptr (GError) problem = NULL;

    if (together > 0) {
      measured += together;
      seen += together - 1;
      console_advance (&session->console, seen, (gdouble) seen / total);
      continue;
    }
    if (measure_item (self, measured, metrics, place, &problem)) {
      measured++;
      console_advance (&session->console, seen, (gdouble) seen / total);
      continue;
    }
    if (judge_is_cancelled (problem))
      continue;
    if (!judge_is_broken (problem)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    g_ptr_array_add (self->broken, g_strdup (problem->message));
    g_ptr_array_remove_index (self->items, measured);
    if (!session->options.skip_broken || self->items->len == 0) {
      judge_fail_broken (
          error, self->broken, self->label, session->options.skip_broken);
      return NULL;
    }
  }
  g_ptr_array_set_size (self->items, (gint) measured);
  return g_steal_pointer (&values);
}

gboolean
judge_folders_measure (JudgeSession *session, const JudgeLayout *layout,
    GPtrArray *folders, GPtrArray *values, GError **error)
{
  for (guint i = 0; session->options.arguments[i] != NULL; i++) {
    JudgeFolder *folder = judge_folder_open (session->options.arguments[i],
        layout, session->options.skip_broken, error);

    if (folder == NULL)
      return FALSE;
    g_ptr_array_add (folders, folder);
  }
  session->console.steps = folders->len;
  for (guint i = 0; i < folders->len && !session->interrupted; i++) {
    JudgeFolder *folder = folders->pdata[i];
    gdouble *found;

    console_begin (&session->console);
    found = judge_folder_measure (folder, session, error);
    if (found == NULL)
      return FALSE;
    if (folder->items->len > 0)
      g_ptr_array_add (values, found);
    else
      g_free (found);
  }
  g_ptr_array_set_size (folders, (gint) values->len);
  return folders->len > 0
      || program_fail_interrupted (error, "anything was measured");
}
