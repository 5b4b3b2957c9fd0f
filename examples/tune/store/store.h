/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All that was ever measured in tuning: encodes of sources at settings, and
 * every pair's distance in them, in an SQLite database.  A question that was
 * not thought of before, another target or percentile, is answered without
 * encoding again.
 *
 * Several processes may use one database.  What a function has returned from
 * survives whatever becomes of the process or the machine.  A TuneStore is used
 * by one thread at a time.
 */
#ifndef TUNE_STORE_H
#define TUNE_STORE_H

#include <glib.h>

G_BEGIN_DECLS

#define TUNE_STORE_ERROR (tune_store_error_quark ())

/**
 * TuneStoreError:
 * @TUNE_STORE_ERROR_OPEN: the file cannot be opened, or is not a database
 * @TUNE_STORE_ERROR_VERSION: it was written by a later version of the program
 * @TUNE_STORE_ERROR_BUSY: another process held it for longer than
 *   TUNE_STORE_PATIENCE
 * @TUNE_STORE_ERROR_FULL: there is no room on the disk
 * @TUNE_STORE_ERROR_READ_ONLY: it cannot be written
 * @TUNE_STORE_ERROR_DATABASE: anything else that SQLite complains of
 */
typedef enum
{
  TUNE_STORE_ERROR_OPEN,
  TUNE_STORE_ERROR_VERSION,
  TUNE_STORE_ERROR_BUSY,
  TUNE_STORE_ERROR_FULL,
  TUNE_STORE_ERROR_READ_ONLY,
  TUNE_STORE_ERROR_DATABASE,
} TuneStoreError;

GQuark tune_store_error_quark (void);

/* Seconds. */
#define TUNE_STORE_PATIENCE 30

typedef struct _TuneStore TuneStore;

/**
 * tune_store_open:
 * @path: a file; made, with the folder that it is in, where there is none
 * @error: TUNE_STORE_ERROR, naming the file
 *
 * Returns: (transfer full): the store, or NULL with @error set
 */
TuneStore *tune_store_open (const gchar *path, GError **error);
void tune_store_close (TuneStore *self);

/* --- what is encoded, how, and how it is measured ------------------------ */

/**
 * TuneSource:
 * @sha256: of the file's content, which is what it is known by
 * @path: where it was seen last
 * @frames: that it has; 0 if not known
 * @duration_ns: likewise
 * @caps: of its decoded frames
 */
typedef struct
{
  const gchar *sha256;
  const gchar *path;
  guint64 frames;
  gint64 duration_ns;
  const gchar *caps;
} TuneSource;

/**
 * TuneSetting:
 * @encoder: the row of the encoder table, or the command
 * @value: of the setting that is searched
 * @extra: the other settings as JSON with sorted members, "{}" for none
 * @versions: of the encoder's libraries, as JSON with sorted members
 */
typedef struct
{
  const gchar *encoder;
  gdouble value;
  const gchar *extra;
  const gchar *versions;
} TuneSetting;

/**
 * TuneWindow:
 * @start_ns: stream time of the first frame that is measured
 * @stop_ns: that of the first frame after those; G_MAXINT64 for the end
 * @lead_ns: how much before @start_ns and behind @stop_ns is encoded too
 */
typedef struct
{
  gint64 start_ns;
  gint64 stop_ns;
  gint64 lead_ns;
} TuneWindow;

/**
 * TuneMetric:
 * @metric: its name
 * @options: all of them, as JSON with sorted members
 * @weights_sha256: (nullable): of the weights file
 * @library: the library's version
 */
typedef struct
{
  const gchar *metric;
  const gchar *options;
  const gchar *weights_sha256;
  const gchar *library;
} TuneMetric;

/* Each returns the number of what is described, the same one for the same
 * description, or -1 with @error set. */
gint64 tune_store_source (
    TuneStore *self, const TuneSource *source, GError **error);
gint64 tune_store_setting (
    TuneStore *self, const TuneSetting *setting, GError **error);
gint64 tune_store_window (
    TuneStore *self, gint64 source, const TuneWindow *window, GError **error);
gint64 tune_store_metric (
    TuneStore *self, const TuneMetric *metric, GError **error);

/**
 * tune_store_find_hash:
 * @device: of the file
 * @inode: its number there
 * @size: in bytes
 * @mtime_ns: when it changed
 *
 * Hashing a long video takes a while, so it is done once for a file that did
 * not change.
 *
 * Returns: (transfer full) (nullable): the hash that was noted; NULL without
 *   one, or with @error set
 */
gchar *tune_store_find_hash (TuneStore *self, guint64 device, guint64 inode,
    gint64 size, gint64 mtime_ns, GError **error);
gboolean tune_store_note_hash (TuneStore *self, guint64 device, guint64 inode,
    gint64 size, gint64 mtime_ns, const gchar *sha256, GError **error);

/* --- probes -------------------------------------------------------------- */

/**
 * TuneClaim:
 * @TUNE_CLAIM_FAILED: the store could not be asked; the error is set
 * @TUNE_CLAIM_OURS: nobody had measured it or claimed it; this process has now
 * @TUNE_CLAIM_OTHERS: another process that is alive has claimed it
 * @TUNE_CLAIM_MEASURED: it is there
 */
typedef enum
{
  TUNE_CLAIM_FAILED,
  TUNE_CLAIM_OURS,
  TUNE_CLAIM_OTHERS,
  TUNE_CLAIM_MEASURED,
} TuneClaim;

/**
 * tune_store_claim:
 * @probe: (out): its number
 *
 * An encode of @window of its source at @setting, measured by @metric.  The
 * claim of a process that has ended is taken over.  Only the end of processes
 * of this machine is known; claims from other machines are believed.
 */
TuneClaim tune_store_claim (TuneStore *self, gint64 window, gint64 setting,
    gint64 metric, gint64 *probe, GError **error);

/**
 * TuneMeasurement:
 * @bytes: of the encode, without its container, of the frames that are measured
 * @frames: measured
 * @unmatched: frames without a partner
 * @encode_seconds: that it took
 * @seconds: that the source's frames last, which @bytes are divided by for a
 *   rate
 * @distances: @frames numbers, a pair each; NaN and infinite ones are kept
 */
typedef struct
{
  guint64 bytes;
  guint64 frames;
  guint64 unmatched;
  gdouble encode_seconds;
  gdouble seconds;
  gfloat *distances;
} TuneMeasurement;

void tune_measurement_clear (TuneMeasurement *self);

/* Writes down what a claimed probe gave, all of it or nothing. */
gboolean tune_store_finish (TuneStore *self, gint64 probe,
    const TuneMeasurement *measurement, GError **error);

/* Gives a claim back; @reason is kept for who asks why. */
gboolean tune_store_fail (
    TuneStore *self, gint64 probe, const gchar *reason, GError **error);

/* Returns: FALSE with @error set where it was not measured.  @measurement is
 * to be cleared. */
gboolean tune_store_load (TuneStore *self, gint64 probe,
    TuneMeasurement *measurement, GError **error);

/* Returns: (transfer full): why the probe failed last; NULL if it did not, or
 * with @error set. */
gchar *tune_store_get_reason (TuneStore *self, gint64 probe, GError **error);

/* Returns: how many probes are measured; -1 with @error set. */
gint64 tune_store_count (TuneStore *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneStore, tune_store_close)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TuneMeasurement, tune_measurement_clear)

G_END_DECLS

#endif /* TUNE_STORE_H */
