/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders of images with human judgements, in the layout of BAPPS.
 */
#ifndef JUDGE_FOLDER_H
#define JUDGE_FOLDER_H

#include "judge/command.h"
#include "judge/data/image.h"

G_BEGIN_DECLS

/* Most images of one judgement. */
#define JUDGE_MAX_IMAGES 3

/**
 * JudgeLayout:
 * @unit: what one judgement is about, in the plural: "triplets"
 * @images: folders of PNG files with the same base names, the reference's
 *   first; unused entries are NULL
 * @n_images: how many there are
 * @judgements: folder of the .npy files with the same base names
 *
 * The names of the folders inside a data set.
 */
typedef struct
{
  const gchar *unit;
  const gchar *images[JUDGE_MAX_IMAGES];
  guint n_images;
  const gchar *judgements;
} JudgeLayout;

/* Triplets: ref/, p0/, p1/; judge/ holds the fraction of people who found p1
 * closer to ref than p0. */
extern const JudgeLayout judge_layout_2afc;

/* Pairs: p0/, p1/; same/ holds the fraction of people who took them for the
 * same image. */
extern const JudgeLayout judge_layout_jnd;

/**
 * JudgeItem:
 * @name: base name without ending, in the encoding of file names
 * @files: of the images, in the order of the layout; unused entries are NULL
 * @judgement: 0..1
 *
 * One judgement and the images it is about.
 */
typedef struct
{
  gchar *name;
  gchar *files[JUDGE_MAX_IMAGES];
  gdouble judgement;
} JudgeItem;

/**
 * JudgeFolder:
 * @path: as the user typed it
 * @label: @path as valid UTF-8
 * @layout: static memory
 * @items: (element-type JudgeItem): sorted by name; at least one after
 *   judge_folder_open()
 * @broken: (element-type utf8): what is wrong with each item that was left
 *   out, "FILE: what"; one entry an item
 *
 * A data set: an index without pixels.
 */
typedef struct
{
  gchar *path;
  gchar *label;
  const JudgeLayout *layout;
  GPtrArray *items;
  GPtrArray *broken;
} JudgeFolder;

/**
 * judge_folder_open:
 * @path: the data set's folder
 * @layout: its layout
 * @skip_broken: leave out items with a missing or unreadable file, images of
 *   different sizes or a judgement that is not a number from 0 to 1
 * @error: PROGRAM_ERROR_DATA: a missing folder, nothing in it, or, without
 *   @skip_broken, the first broken items by name and their number
 *
 * Reads every judgement, and every image's header.
 *
 * Returns: (transfer full): the index, or NULL with @error set.
 */
JudgeFolder *judge_folder_open (const gchar *path, const JudgeLayout *layout,
    gboolean skip_broken, GError **error);
void judge_folder_free (JudgeFolder *self);

/* The item at @index. */
const JudgeItem *judge_folder_get (const JudgeFolder *self, guint index);

/**
 * judge_folder_load:
 * @index: which item
 * @images: (out): JudgeLayout.n_images images of one size; (transfer full)
 * @error: PROGRAM_ERROR_DATA, naming the file
 *
 * Decodes an item's images.  Several threads may load from one folder.
 *
 * Returns: TRUE, or FALSE with @error set and @images untouched.
 */
gboolean judge_folder_load (
    const JudgeFolder *self, guint index, JudgeImage **images, GError **error);

/**
 * judge_folder_measure:
 * @session: its metrics measure, with the first image as the reference; its
 *   progress is advanced, without beginning a step; with its skip_broken, items
 *   whose images cannot be decoded move to @broken
 * @error: PROGRAM_ERROR_DATA, PERCEPTUAL_ERROR_*, naming the file or the item
 *
 * Decodes every item once and measures it with every metric.  When the user
 * interrupts, the items that are not measured are dropped, maybe all.
 *
 * Returns: (transfer full): values in the order item, metric, image after the
 * reference; as judge_metric_list_measure() gives them.  NULL with @error set,
 * also when every item is broken.
 */
gdouble *judge_folder_measure (
    JudgeFolder *self, JudgeSession *session, GError **error);

/**
 * judge_folders_measure:
 * @session: whose arguments are the folders
 * @folders: (element-type JudgeFolder): an empty array that frees its elements;
 *   gets the folders in the user's order
 * @values: (element-type gdouble): an empty array that frees its elements; gets
 *   what judge_folder_measure() gives, folder by folder
 * @error: as above, and PROGRAM_ERROR_INTERRUPTED
 *
 * Opens all folders before the first is measured.  When the user interrupts,
 * folders without a measured item are dropped.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_folders_measure (JudgeSession *session,
    const JudgeLayout *layout, GPtrArray *folders, GPtrArray *values,
    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeFolder, judge_folder_free)

G_END_DECLS

#endif /* JUDGE_FOLDER_H */
