/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libperceptual: how different do two images look?
 *
 * This is the whole public interface; it needs no GStreamer.  A
 * PerceptualMetric compares one reference image with one or more distorted
 * images and returns distances: 0 means identical, higher means more
 * different.  (psnr, ssim and ms-ssim keep the scales they are known by;
 * PERCEPTUAL_METRIC_SIMILARITY marks them.)
 *
 * Errors: every function that can fail takes a GError and sets it in the
 * domain PERCEPTUAL_ERROR.  The library never prints, aborts or exits because
 * of its input.  Passing NULL where it is not allowed is a programming error
 * and is caught by g_return_if_fail().
 *
 * Threads: functions without an object are thread-safe.  One PerceptualMetric
 * takes one perceptual_metric_compare() at a time; different metrics may
 * compare at the same time, also when they share a PerceptualWorkers (which
 * then serves them in turns).
 *
 * Determinism: the same input and options give bit-identical results on one
 * machine for any number of threads.  Machines whose CPUs offer different
 * instructions may differ in the last bits.
 */
#ifndef PERCEPTUAL_H
#define PERCEPTUAL_H

#include <glib.h>

/* Marks what the shared library exports. */
#if defined(__GNUC__)
#define PERCEPTUAL_API __attribute__ ((visibility ("default")))
#else
#define PERCEPTUAL_API
#endif

G_BEGIN_DECLS

/* --- errors -------------------------------------------------------------- */

#define PERCEPTUAL_ERROR (perceptual_error_quark ())

/**
 * PerceptualError:
 * @PERCEPTUAL_ERROR_METRIC: there is no metric of that name; the message lists
 *   them
 * @PERCEPTUAL_ERROR_OPTION: an option unknown to the metric, of the wrong
 *   type or out of range; the message lists what is valid
 * @PERCEPTUAL_ERROR_IMAGE: image views that contradict themselves or each
 *   other (sizes differ, stride too short, no data)
 * @PERCEPTUAL_ERROR_SIZE: the image is smaller or larger than the metric
 *   takes; the message names the bound
 * @PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND: no weights file; the message says how
 *   to get one
 * @PERCEPTUAL_ERROR_WEIGHTS_INVALID: a weights file that is truncated,
 *   corrupt or made for another network; the message names file and tensor
 * @PERCEPTUAL_ERROR_UNSUPPORTED: something the metric cannot do, such as a
 *   distance map
 * @PERCEPTUAL_ERROR_NO_MEMORY: there is no memory for this image size; the
 *   message says how much was asked for
 * @PERCEPTUAL_ERROR_THREAD: the system refused to start a worker thread
 * @PERCEPTUAL_ERROR_CANCELLED: perceptual_workers_cancel() was called
 */
typedef enum
{
  PERCEPTUAL_ERROR_METRIC,
  PERCEPTUAL_ERROR_OPTION,
  PERCEPTUAL_ERROR_IMAGE,
  PERCEPTUAL_ERROR_SIZE,
  PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND,
  PERCEPTUAL_ERROR_WEIGHTS_INVALID,
  PERCEPTUAL_ERROR_UNSUPPORTED,
  PERCEPTUAL_ERROR_NO_MEMORY,
  PERCEPTUAL_ERROR_THREAD,
  PERCEPTUAL_ERROR_CANCELLED,
} PerceptualError;

PERCEPTUAL_API GQuark perceptual_error_quark (void);

/* --- images -------------------------------------------------------------- */

/* Largest width and height, in pixels, that any metric takes. */
#define PERCEPTUAL_MAX_SIZE 16384

/**
 * PerceptualPixels:
 * @PERCEPTUAL_PIXELS_RGBX8: four bytes a pixel: R, G, B, ignored.  A sample v
 *   means v / 127.5 - 1, so 0..255 becomes -1..1.
 * @PERCEPTUAL_PIXELS_RGBX16: four native-endian 16-bit words a pixel: R, G, B,
 *   ignored.  A sample v means v / 32767.5 - 1.
 * @PERCEPTUAL_PIXELS_RGB8: three bytes a pixel: R, G, B, as RGBX8 means them
 *
 * How the RGB samples of a PerceptualImage lie in memory.  They are always full
 * range.
 */
typedef enum
{
  PERCEPTUAL_PIXELS_RGBX8,
  PERCEPTUAL_PIXELS_RGBX16,
  PERCEPTUAL_PIXELS_RGB8,
} PerceptualPixels;

/**
 * PerceptualPlane:
 * @data: first sample of the first row; NULL when the plane is absent.
 *   Samples of two bytes begin at even addresses.
 * @stride: bytes from one row to the next; may be larger than the row
 * @step: bytes from one sample to the next in a row (1 or 2 for a planar
 *   format, 2 or 4 for the chroma of NV12 or P010)
 * @width: samples in a row
 * @height: rows
 *
 * A view of one plane of the stream's own Y'CbCr samples.
 */
typedef struct
{
  const void *data;
  gsize stride;
  gsize step;
  guint width;
  guint height;
} PerceptualPlane;

/**
 * PerceptualImage:
 * @pixels: layout of @data
 * @width: pixels in a row, 1..PERCEPTUAL_MAX_SIZE
 * @height: rows, 1..PERCEPTUAL_MAX_SIZE
 * @data: the first pixel of the first row, aligned to a pixel (4 bytes for
 *   RGBX8, 8 for RGBX16; RGB8 lies anywhere).  NULL is allowed for metrics
 *   that read @planes, where these are set
 * @stride: bytes from one row to the next, at least the bytes of a row and a
 *   multiple of what pixels are aligned to
 * @planes: Y, Cb, Cr of the stream itself where it has them; planes[0].data
 *   is NULL otherwise, and grey images have no other plane.  Those of chroma
 *   have the image's width and height or half of it, rounded up, each: 4:4:4,
 *   4:2:2, 4:2:0, 4:4:0; with others mmd-ssim reads R'G'B'.  psnr, ssim,
 *   ms-ssim and mmd-ssim read planes, so that their values are those of the
 *   stream and not of a conversion.
 * @depth: significant bits of a plane's sample, 8..16; the sample is one byte
 *   at 8, else a native-endian 16-bit word.  Unused without planes.
 * @shift: unused low bits below the sample in its word (6 for P010), else 0
 * @full_range: whether the samples of planes span all their values; else Y'
 *   is in 16..235 and Cb, Cr in 16..240 (times 2^(depth - 8))
 * @matrix: which matrix made Y'CbCr of R'G'B': any number that is the same for
 *   the same matrix, such as a value of an enumeration of the caller's.
 *   Unused for grey.
 * @primaries: which primaries the colours have, likewise
 *
 * A view, not a copy: the caller keeps the memory alive and unchanged during
 * perceptual_metric_compare() and owns it throughout.
 */
typedef struct
{
  PerceptualPixels pixels;
  guint width;
  guint height;
  const void *data;
  gsize stride;
  PerceptualPlane planes[3];
  guint depth;
  guint shift;
  gboolean full_range;
  guint matrix;
  guint primaries;
} PerceptualImage;

/* --- options ------------------------------------------------------------- */

/**
 * PerceptualOptionType:
 * @PERCEPTUAL_OPTION_BOOLEAN: GVariant type "b"
 * @PERCEPTUAL_OPTION_UINT: GVariant type "t" (64 bit unsigned)
 * @PERCEPTUAL_OPTION_DOUBLE: GVariant type "d"
 * @PERCEPTUAL_OPTION_STRING: GVariant type "s"; any text, or one of @choices
 */
typedef enum
{
  PERCEPTUAL_OPTION_BOOLEAN,
  PERCEPTUAL_OPTION_UINT,
  PERCEPTUAL_OPTION_DOUBLE,
  PERCEPTUAL_OPTION_STRING,
} PerceptualOptionType;

/**
 * PerceptualOption:
 * @name: lower case with hyphens; one name means one thing in every metric
 * @blurb: one sentence for users, with unit and direction
 * @type: the type of its value
 * @default_text: the default, in the form perceptual_option_parse() reads;
 *   never NULL
 * @minimum: lowest number allowed (numeric types)
 * @maximum: highest number allowed (numeric types)
 * @choices: NULL-terminated list of the allowed strings, or NULL for any
 *
 * One row of a metric's option table.  The element's properties, the options
 * of the command line, the log header and the manual come from these rows.
 */
typedef struct
{
  const gchar *name;
  const gchar *blurb;
  PerceptualOptionType type;
  const gchar *default_text;
  gdouble minimum;
  gdouble maximum;
  const gchar *const *choices;
} PerceptualOption;

/**
 * perceptual_options:
 *
 * Returns: (transfer none): every option that any metric has, each name once,
 * NULL-terminated, in a stable order.  Static memory.
 */
PERCEPTUAL_API const PerceptualOption *const *perceptual_options (void);

/**
 * perceptual_option_parse:
 * @option: an option
 * @text: its value as a user types it ("true", "3", "0.5", "alex")
 * @error: PERCEPTUAL_ERROR_OPTION, saying what is valid
 *
 * Returns: (transfer full): a non-floating value of the option's type, or
 * NULL with @error set.
 */
PERCEPTUAL_API GVariant *perceptual_option_parse (
    const PerceptualOption *option, const gchar *text, GError **error);

/* --- metrics ------------------------------------------------------------- */

/**
 * PerceptualMetricFlags:
 * @PERCEPTUAL_METRIC_SIMILARITY: higher means more alike (psnr, ssim); all
 *   other metrics are distances
 * @PERCEPTUAL_METRIC_SYMMETRIC: d(a, b) = d(b, a), to the last bit
 * @PERCEPTUAL_METRIC_WEIGHTS: reads trained weights from a file
 * @PERCEPTUAL_METRIC_MAP: can return a distance map
 * @PERCEPTUAL_METRIC_LUMA: reads the stream's own planes of pairs in which
 *   both images have them; needs nothing else where all images of a
 *   comparison do
 * @PERCEPTUAL_METRIC_CHANNELS: can return what each channel of a network
 *   contributes
 */
typedef enum
{
  PERCEPTUAL_METRIC_SIMILARITY = 1 << 0,
  PERCEPTUAL_METRIC_SYMMETRIC = 1 << 1,
  PERCEPTUAL_METRIC_WEIGHTS = 1 << 2,
  PERCEPTUAL_METRIC_MAP = 1 << 3,
  PERCEPTUAL_METRIC_LUMA = 1 << 4,
  PERCEPTUAL_METRIC_CHANNELS = 1 << 5,
} PerceptualMetricFlags;

/**
 * PerceptualMetricInfo:
 * @name: the name users type, for instance "mmd-ssim"
 * @blurb: one sentence for users: what it measures, range, source
 * @flags: see PerceptualMetricFlags
 * @options: NULL-terminated rows of its option table
 * @map_maximum: a value that distance maps reach where pictures are badly
 *   distorted, fit for the end of a scale of colours; 0 without a map
 */
typedef struct
{
  const gchar *name;
  const gchar *blurb;
  PerceptualMetricFlags flags;
  const PerceptualOption *const *options;
  gdouble map_maximum;
} PerceptualMetricInfo;

/* The metric used unless the user names another.  It needs no weights file. */
#define PERCEPTUAL_DEFAULT_METRIC "mmd-ssim"

/**
 * perceptual_metrics:
 *
 * Returns: (transfer none): every metric, NULL-terminated.  Static memory.
 */
PERCEPTUAL_API const PerceptualMetricInfo *const *perceptual_metrics (void);

/**
 * perceptual_metric_find:
 * @name: a name
 * @error: PERCEPTUAL_ERROR_METRIC, listing the valid names
 *
 * Returns: (transfer none): its info, or NULL with @error set.
 */
PERCEPTUAL_API const PerceptualMetricInfo *perceptual_metric_find (
    const gchar *name, GError **error);

/**
 * perceptual_specification_parse:
 * @specification: "NAME" or "NAME:OPTION=VALUE,OPTION=VALUE".  A comma inside a
 *   value is possible where what follows holds no "=": taps=1,3
 * @options: (out) (optional) (transfer full): a{sv} of the options that it
 *   names, for perceptual_metric_new()
 * @error: PERCEPTUAL_ERROR_METRIC, _OPTION, saying what is valid
 *
 * Returns: (transfer none): the metric that it names, or NULL with @error set.
 */
PERCEPTUAL_API const PerceptualMetricInfo *perceptual_specification_parse (
    const gchar *specification, GVariant **options, GError **error);

/**
 * perceptual_specification_split:
 * @list: specifications with commas between them.  What begins with the name of
 *   a metric is a specification; what does not belongs to the options of the
 *   one before it, where that has any
 *
 * Returns: (transfer full): the specifications, NULL-terminated, not checked;
 *   what is behind a comma too many is an empty one, which is an error for
 *   perceptual_specification_parse()
 */
PERCEPTUAL_API gchar **perceptual_specification_split (const gchar *list);

/* --- worker pool --------------------------------------------------------- */

typedef struct _PerceptualWorkers PerceptualWorkers;

/**
 * perceptual_workers_new:
 * @threads: threads that work on one comparison, the calling one included:
 *   1..256, or 0 for the number of processors this process may use
 * @error: PERCEPTUAL_ERROR_THREAD, PERCEPTUAL_ERROR_OPTION for more than 256
 *
 * Starts the threads, which end with the last reference and sleep while idle.
 *
 * Returns: (transfer full): workers with one reference, or NULL with @error
 * set.
 */
PERCEPTUAL_API PerceptualWorkers *perceptual_workers_new (
    guint threads, GError **error);
PERCEPTUAL_API PerceptualWorkers *perceptual_workers_ref (
    PerceptualWorkers *workers);
PERCEPTUAL_API void perceptual_workers_unref (PerceptualWorkers *workers);

/* Returns: the number of threads, the caller's included, 1..256. */
PERCEPTUAL_API guint perceptual_workers_get_threads (
    const PerceptualWorkers *workers);

/**
 * PerceptualJobFunc:
 * @user: as given to perceptual_workers_run()
 * @job: 0..n_jobs-1
 * @worker: 0..threads-1, for scratch memory; no two jobs run with the same
 *   number at the same time
 */
typedef void (*PerceptualJobFunc) (gpointer user, guint job, guint worker);

/**
 * perceptual_workers_run:
 * @n_jobs: calls of @func
 * @func: must not depend on the order of jobs, nor call this function
 * @user: for @func
 *
 * For work beside the comparisons, such as converting the images.  Returns
 * when the last job has ended.  The calling thread works too; calls from
 * several threads are served one after another.
 */
PERCEPTUAL_API void perceptual_workers_run (PerceptualWorkers *workers,
    guint n_jobs, PerceptualJobFunc func, gpointer user);

/**
 * perceptual_workers_cancel:
 * @cancel: TRUE to drop all jobs that have not begun, FALSE to go on as usual
 *
 * Comparisons under way soon end with PERCEPTUAL_ERROR_CANCELLED, and so do
 * new ones until this is called with FALSE. May be called from any thread.
 */
PERCEPTUAL_API void perceptual_workers_cancel (
    PerceptualWorkers *workers, gboolean cancel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PerceptualWorkers, perceptual_workers_unref)

/* --- comparing ----------------------------------------------------------- */

/* Most entries of PerceptualResult.taps, over all metrics and options. */
#define PERCEPTUAL_MAX_TAPS 16

/**
 * PerceptualResult:
 * @distance: the distance; see the metric's blurb for its range.  psnr of
 *   identical images is +infinity; everything else is finite.
 * @n_taps: entries of @taps
 * @taps: what each tap, pyramid level or plane contributes; for distances
 *   they sum to @distance up to rounding
 * @map: the distance map, one value per pixel, row by row without padding, in
 *   the unit of @distance; NULL unless it was asked for.  The value of each
 *   tap or level is at the middle of the area that it looked at, interpolated
 *   bilinearly in between and constant beyond the outermost; the map is the
 *   sum over taps.  The mean over the positions of each tap is that tap of
 *   @taps exactly; the mean over pixels is only nearly @distance, since a
 *   position at the edge covers more or fewer pixels than others do
 *   Where the option scale made the images smaller, @map is stretched to
 *   their own size likewise
 * @map_width: columns of @map
 * @map_height: rows of @map
 * @channels: for every tap in the order of @taps, for every channel in the
 *   order of the heads file: the mean over positions of the squared difference
 *   of the two images' features, divided by their length where the option
 *   channel-norm says so, before it is multiplied by a head; 0 or more.  The
 *   sum of head * channel over a tap's channels is that entry of @taps up to
 *   rounding.  NULL unless it was asked for
 * @n_channels: entries of @channels
 * @tap_channels: how many of them belong to each tap; 0 without @channels
 *
 * The result of one comparison.  Start from zeroed memory.
 */
typedef struct
{
  gdouble distance;
  guint n_taps;
  gdouble taps[PERCEPTUAL_MAX_TAPS];
  gfloat *map;
  guint map_width;
  guint map_height;
  gfloat *channels;
  guint n_channels;
  guint tap_channels[PERCEPTUAL_MAX_TAPS];
} PerceptualResult;

/* Frees @result's map and channels and zeroes it; the struct itself stays the
 * caller's. */
PERCEPTUAL_API void perceptual_result_clear (PerceptualResult *result);

/**
 * PerceptualCompareFlags:
 * @PERCEPTUAL_COMPARE_MAP: fill PerceptualResult.map as well; the metric
 *   needs PERCEPTUAL_METRIC_MAP
 * @PERCEPTUAL_COMPARE_CHANNELS: fill PerceptualResult.channels as well; the
 *   metric needs PERCEPTUAL_METRIC_CHANNELS
 */
typedef enum
{
  PERCEPTUAL_COMPARE_NONE = 0,
  PERCEPTUAL_COMPARE_MAP = 1 << 0,
  PERCEPTUAL_COMPARE_CHANNELS = 1 << 1,
} PerceptualCompareFlags;

/**
 * PerceptualWeightsInfo:
 * @name: the file's base name, or "random"
 * @path: where it was read from; NULL for random weights
 * @sha256: of the whole file, 64 lower-case hex digits; for random weights
 *   NULL
 * @known: whether @sha256 is in the manifest of known files
 *
 * Which trained numbers a metric uses, for logs.  Owned by the metric.
 */
typedef struct
{
  const gchar *name;
  const gchar *path;
  const gchar *sha256;
  gboolean known;
} PerceptualWeightsInfo;

typedef struct _PerceptualMetric PerceptualMetric;

/**
 * perceptual_metric_new:
 * @name: a metric's name
 * @options: (nullable): a GVariant of type a{sv}; options left out keep their
 *   defaults.  A floating reference is taken.
 * @workers: whose threads do the work; a reference is taken
 * @error: PERCEPTUAL_ERROR_METRIC, _OPTION, _WEIGHTS_*, _NO_MEMORY
 *
 * Reads weights files where the metric needs them.
 *
 * Returns: (transfer full): the metric, or NULL with @error set.
 */
PERCEPTUAL_API PerceptualMetric *perceptual_metric_new (const gchar *name,
    GVariant *options, PerceptualWorkers *workers, GError **error);
PERCEPTUAL_API void perceptual_metric_free (PerceptualMetric *metric);

/* Returns: (transfer none): what the metric is. */
PERCEPTUAL_API const PerceptualMetricInfo *perceptual_metric_get_info (
    const PerceptualMetric *metric);

/**
 * perceptual_metric_get_options:
 *
 * Returns: (transfer none): a{sv} with every option of the metric in the
 * order of its table, defaults filled in.
 */
PERCEPTUAL_API GVariant *perceptual_metric_get_options (
    const PerceptualMetric *metric);

/* Returns: (transfer none) (nullable): NULL when the metric has no weights. */
PERCEPTUAL_API const PerceptualWeightsInfo *perceptual_metric_get_weights (
    const PerceptualMetric *metric);

/* Returns: (transfer none) (nullable): what a metric with weights multiplies
 * with: "float32" or, where precision=fast was asked for and the machine is
 * faster so, "bfloat16 (amx)".  NULL when the metric has no weights. */
PERCEPTUAL_API const gchar *perceptual_metric_get_arithmetic (
    const PerceptualMetric *metric);

/* Returns: (transfer none) (nullable): a sentence for users about options that
 * have no effect on this machine, such as precision=fast on a CPU that is not
 * faster so; NULL when there is nothing to say.  Programs say it once. */
PERCEPTUAL_API const gchar *perceptual_metric_get_note (
    const PerceptualMetric *metric);

/**
 * perceptual_metric_get_scale:
 * @width: columns of images
 * @height: their rows
 *
 * Returns: by how much images of that size are made smaller before they are
 * measured, as the option scale says: 1, .5, .25...; 1 for metrics without it.
 */
PERCEPTUAL_API gdouble perceptual_metric_get_scale (
    const PerceptualMetric *metric, guint width, guint height);

/**
 * perceptual_metric_get_tap_name:
 * @tap: a place in PerceptualResult.taps
 * @rgb: whether luma is made of R'G'B' because the images have no planes that
 *   can be compared
 *
 * Returns: (transfer none) (nullable): what that tap is called: "level.0",
 *   "relu1", "Y"; NULL where there is none, and where it is the whole distance
 */
PERCEPTUAL_API const gchar *perceptual_metric_get_tap_name (
    const PerceptualMetric *metric, guint tap, gboolean rgb);

/**
 * perceptual_metric_compare:
 * @metric: the metric
 * @reference: the reference image
 * @distorted: @n_distorted images of the reference's size and pixel layout
 * @n_distorted: at least 1
 * @flags: what to compute besides the distance
 * @results: (out): @n_distorted zeroed or cleared structs
 * @error: PERCEPTUAL_ERROR_IMAGE, _SIZE, _UNSUPPORTED, _NO_MEMORY, _CANCELLED;
 *   _WEIGHTS_INVALID where the numbers of a weights file make an infinite
 *   distance
 *
 * Compares one reference with each distorted image; what can be computed from
 * the reference alone is computed once.  Buffers are kept for the next call
 * of the same size.  Sizes may change from call to call.
 *
 * Returns: TRUE, or FALSE with @error set and @results cleared.
 */
PERCEPTUAL_API gboolean perceptual_metric_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error);

/**
 * perceptual_metric_compare_many:
 * @metric: the metric
 * @references: @n_references images, of any sizes and pixel layouts
 * @n_references: at least 1
 * @distorted: @n_references times @each images: first those that are compared
 *   with references[0], then those of references[1]...
 * @each: distorted images of each reference, at least 1
 * @flags: what to compute besides the distances
 * @results: (out): one zeroed or cleared struct for each of @distorted
 * @error: as of perceptual_metric_compare(); a prefix tells which reference it
 *   is about, counted from 0
 *
 * Does what perceptual_metric_compare() would do for one reference after the
 * other, with the same results to the last bit, and faster where images are
 * small: metrics of networks work on many of one size at a time, so put images
 * of one size next to each other.  Memory does not grow with @n_references.
 *
 * Returns: TRUE, or FALSE with @error set and all of @results cleared.
 */
PERCEPTUAL_API gboolean perceptual_metric_compare_many (
    PerceptualMetric *metric, const PerceptualImage *references,
    guint n_references, const PerceptualImage *distorted, guint each,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error);

/**
 * perceptual_metric_gains_from_many:
 * @metric: the metric
 * @width: of a reference image
 * @height: likewise
 *
 * Returns: whether perceptual_metric_compare_many() takes less time for small
 *   images of one size than a call for each of them, rather than the same.
 *   FALSE also where the option scale makes those of this size smaller.
 */
PERCEPTUAL_API gboolean perceptual_metric_gains_from_many (
    const PerceptualMetric *metric, guint width, guint height);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PerceptualMetric, perceptual_metric_free)

/* --- about the library --------------------------------------------------- */

/* Returns: (transfer none): "MAJOR.MINOR.PATCH" of the library at run time. */
PERCEPTUAL_API const gchar *perceptual_version (void);

/**
 * perceptual_kernel_level:
 *
 * Returns: (transfer none): which instruction set the hot loops use on this
 * machine: "c", "avx2" or "avx512".  For logs; the environment variable
 * PERCEPTUAL_KERNELS, set to one of these names before the first call, lowers
 * the choice but never raises it above what the CPU has.  Any of them also
 * makes precision=fast exact.  With "amx", precision=fast gives the numbers of
 * CPUs that have AMX on any machine, slowly where there is none.
 */
PERCEPTUAL_API const gchar *perceptual_kernel_level (void);

/**
 * perceptual_orc_fault:
 *
 * The library tries each of its ORC programs once, when the first metric is
 * made that runs any, and runs plain C in place of all of them where one gives
 * another result than plain C: distances are then the same, and take longer.
 *
 * Returns: (nullable) (transfer none): the name of a program that the installed
 * ORC gets wrong on this machine; NULL where it gets all of them right, and
 * where none was needed so far.
 */
PERCEPTUAL_API const gchar *perceptual_orc_fault (void);

G_END_DECLS

#endif /* PERCEPTUAL_H */
