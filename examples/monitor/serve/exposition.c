/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One table of families, and how samples are written.  The two formats differ
 * in the names of counters and of information, in units, and in the last line.
 */
#include "monitor/serve/exposition.h"

#include "console/printable.h"

#include <math.h>
#include <string.h>

typedef struct _Family Family;

typedef struct
{
  GString *out;
  const MonitorSnapshot *snapshot;
  const Family *family;
  gboolean open;   /* OpenMetrics */
  gchar *monitor;  /* escaped */
  gchar **streams; /* escaped labels, one for each stream */
} Writer;

typedef enum
{
  COUNTER,
  GAUGE,
  INFO,
  HISTOGRAM,
} Type;

/* A family of series.  @name: without what the type adds; @offset: of the field
 * that @write writes, where it does not know better. */
struct _Family
{
  const gchar *name;
  Type type;
  const gchar *unit;
  const gchar *help;
  void (*write) (Writer *writer, gsize offset);
  gsize offset;
};

#define FIELD(Type, base, offset)                                              \
  (*(const Type *) ((const guint8 *) (base) + (offset)))

/* --- samples ------------------------------------------------------------- */

static gchar *
escape_label (const gchar *text)
{
  g_autofree gchar *shown = printable_text (text != NULL ? text : "");
  g_autoptr (GString) escaped = g_string_new (NULL);

  for (const gchar *at = shown; *at != '\0'; at++) {
    if (*at == '\\' || *at == '"')
      g_string_append_printf (escaped, "\\%c", *at);
    else
      g_string_append_c (escaped, *at);
  }
  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

/* The shortest of two forms that reads back exactly.  @canonical: as
 * OpenMetrics wants bounds, which are compared as texts */
static void
append_number (GString *to, gdouble number, gboolean canonical)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (number)) {
    g_string_append (to, "NaN");
    return;
  }
  if (isinf (number)) {
    g_string_append (to, number > 0 ? "+Inf" : "-Inf");
    return;
  }
  g_ascii_formatd (text, sizeof text, "%.15g", number);
  if (g_ascii_strtod (text, NULL) != number)
    g_ascii_formatd (text, sizeof text, "%.17g", number);
  g_string_append (to, text);
  if (canonical && strpbrk (text, ".e") == NULL)
    g_string_append (to, ".0");
}

static void
add_label (Writer *self, const gchar *label, const gchar *value)
{
  g_string_append_printf (self->out, ",%s=\"%s\"", label, value);
}

static void
end_labels (Writer *self)
{
  g_string_append (self->out, "} ");
}

/* Begins a sample, whose labels are to be ended.  @stream: its index, or -1 for
 * what is of all streams; @label: (nullable): one more label, whose @value
 * needs no escaping. */
static void
begin_sample (Writer *self, const gchar *suffix, gint stream,
    const gchar *label, const gchar *value)
{
  const MonitorSnapshot *snapshot = self->snapshot;

  if (suffix == NULL)
    suffix = self->family->type == COUNTER ? "_total"
        : self->family->type == INFO       ? "_info"
                                           : "";
  g_string_append_printf (self->out, "%s%s{monitor=\"%s\"", self->family->name,
      suffix, self->monitor);
  if (stream >= 0 && snapshot->n_streams > 1)
    add_label (
        self, snapshot->encoders ? "encoder" : "stream", self->streams[stream]);
  if (label != NULL)
    add_label (self, label, value);
}

static void
write_count (Writer *self, gint stream, const gchar *label, const gchar *value,
    guint64 count)
{
  begin_sample (self, NULL, stream, label, value);
  end_labels (self);
  g_string_append_printf (self->out, "%" G_GUINT64_FORMAT "\n", count);
}

static void
write_number (Writer *self, gint stream, const gchar *label, const gchar *value,
    gdouble number)
{
  begin_sample (self, NULL, stream, label, value);
  end_labels (self);
  append_number (self->out, number, FALSE);
  g_string_append_c (self->out, '\n');
}

/* --- families of a kind -------------------------------------------------- */

static void
write_stream_count (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++)
    write_count (self, (gint) i, NULL, NULL,
        FIELD (guint64, &self->snapshot->streams[i], offset));
}

/* Of the present: only while pairs come. */
static void
write_present (Writer *self, gint stream, const gchar *label,
    const gchar *value, gdouble number)
{
  if (self->snapshot->streams[stream].up && !isnan (number))
    write_number (self, stream, label, value, number);
}

static void
write_stream_present (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++)
    write_present (self, (gint) i, NULL, NULL,
        FIELD (gdouble, &self->snapshot->streams[i], offset));
}

static void
write_whole_count (Writer *self, gsize offset)
{
  write_count (self, -1, NULL, NULL, FIELD (guint64, self->snapshot, offset));
}

static void
write_whole_number (Writer *self, gsize offset)
{
  write_number (self, -1, NULL, NULL, FIELD (gdouble, self->snapshot, offset));
}

/* --- families of their own ----------------------------------------------- */

static void
write_build (Writer *self, gsize offset)
{
  g_autofree gchar *version = escape_label (self->snapshot->version);
  g_autofree gchar *metric = escape_label (self->snapshot->metric);
  g_autofree gchar *kernels = escape_label (self->snapshot->kernels);

  begin_sample (self, NULL, -1, "version", version);
  add_label (self, "metric", metric);
  add_label (self, "kernels", kernels);
  end_labels (self);
  g_string_append (self->out, "1\n");
}

static void
write_up (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++)
    write_count (
        self, (gint) i, NULL, NULL, self->snapshot->streams[i].up ? 1 : 0);
}

static void
write_input_up (Writer *self, gsize offset)
{
  for (guint i = 0; i < MONITOR_N_INPUTS; i++)
    write_count (self, -1, "input", monitor_input_name (i),
        self->snapshot->input_up[i] ? 1 : 0);
}

static void
write_pairs (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++) {
    const MonitorStream *stream = &self->snapshot->streams[i];

    write_count (self, (gint) i, "outcome", "measured", stream->measured);
    write_count (self, (gint) i, "outcome", "skipped", stream->skipped);
    write_count (self, (gint) i, "outcome", "unselected", stream->unselected);
  }
}

static void
write_unmatched (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++) {
    for (guint j = 0; j < MONITOR_N_INPUTS; j++)
      write_count (self, (gint) i, "input", monitor_input_name (j),
          self->snapshot->streams[i].unmatched[j]);
  }
}

static void
write_bytes (Writer *self, gsize offset)
{
  if (self->snapshot->encoders)
    write_stream_count (self, offset);
}

static void
write_buckets (Writer *self, gint index, const gchar *metric)
{
  const MonitorStream *stream = &self->snapshot->streams[index];
  guint64 sum = 0;

  for (guint i = 0; i <= MONITOR_N_BUCKETS; i++) {
    sum += stream->buckets[i];
    begin_sample (self, "_bucket", index, "metric", metric);
    g_string_append (self->out, ",le=\"");
    append_number (self->out,
        i < MONITOR_N_BUCKETS ? self->snapshot->bounds[i] : INFINITY, TRUE);
    g_string_append_printf (self->out, "\"} %" G_GUINT64_FORMAT "\n", sum);
  }
  begin_sample (self, "_sum", index, "metric", metric);
  end_labels (self);
  append_number (self->out, stream->sum, FALSE);
  g_string_append_c (self->out, '\n');
  begin_sample (self, "_count", index, "metric", metric);
  end_labels (self);
  g_string_append_printf (self->out, "%" G_GUINT64_FORMAT "\n", sum);
}

static void
write_distances (Writer *self, gsize offset)
{
  g_autofree gchar *metric = escape_label (self->snapshot->metric);

  for (guint i = 0; i < self->snapshot->n_streams; i++)
    write_buckets (self, (gint) i, metric);
}

static void
write_last (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++) {
    const MonitorStream *stream = &self->snapshot->streams[i];

    for (guint j = 0; j < stream->n_columns; j++) {
      g_autofree gchar *name = escape_label (stream->columns[j].name);

      write_present (self, (gint) i, "metric", name, stream->columns[j].last);
    }
  }
}

static void
write_window (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++) {
    const MonitorStream *stream = &self->snapshot->streams[i];

    if (stream->window_pairs == 0)
      continue;
    write_present (self, (gint) i, "statistic", "mean", stream->window_mean);
    write_present (self, (gint) i, "statistic", "p95", stream->window_p95);
    write_present (self, (gint) i, "statistic", "max", stream->window_max);
  }
}

/* That there is no connection is of all streams at once. */
static void
write_alert (Writer *self, MonitorAlertKind kind, gboolean active)
{
  gboolean shared = kind == MONITOR_ALERT_LOST;
  guint n = shared ? 1 : self->snapshot->n_streams;

  for (guint i = 0; i < n; i++) {
    const MonitorStream *stream = &self->snapshot->streams[i];
    guint64 value = stream->alerts[kind];

    if (active)
      value = stream->alert_active[kind] ? 1 : 0;
    write_count (
        self, shared ? -1 : (gint) i, "kind", monitor_alert_name (kind), value);
  }
}

static void
write_active (Writer *self, gsize offset)
{
  for (guint i = 0; i < MONITOR_N_ALERTS; i++)
    write_alert (self, i, TRUE);
}

static void
write_alerts (Writer *self, gsize offset)
{
  for (guint i = 0; i < MONITOR_N_ALERTS; i++)
    write_alert (self, i, FALSE);
}

static void
write_connections (Writer *self, gsize offset)
{
  for (guint i = 0; i < MONITOR_N_ENDS; i++)
    write_count (
        self, -1, "reason", monitor_end_name (i), self->snapshot->ends[i]);
}

/* When something was stays true whatever comes after it. */
static void
write_last_pair (Writer *self, gsize offset)
{
  for (guint i = 0; i < self->snapshot->n_streams; i++) {
    if (self->snapshot->streams[i].last_pair > 0)
      write_number (
          self, (gint) i, NULL, NULL, self->snapshot->streams[i].last_pair);
  }
}

/* --- the table ----------------------------------------------------------- */

#define OF_STREAM(field) G_STRUCT_OFFSET (MonitorStream, field)
#define OF_WHOLE(field) G_STRUCT_OFFSET (MonitorSnapshot, field)

static const Family families[] = {
  { "perceptual_build", INFO, NULL,
      "What measures: version, metric and level of the kernels.", write_build,
      0 },
  { "perceptual_up", GAUGE, NULL, "Whether pairs of the stream come.", write_up,
      0 },
  { "perceptual_input_up", GAUGE, NULL, "Whether frames of the input come.",
      write_input_up, 0 },
  { "perceptual_pairs", COUNTER, NULL,
      "Pairs: measured, skipped since the metric was busy, or not selected.",
      write_pairs, 0 },
  { "perceptual_unmatched_frames", COUNTER, NULL,
      "Frames of the input without a partner.", write_unmatched, 0 },
  { "perceptual_late_frames", COUNTER, NULL,
      "Frames that came too late for their partner.", write_stream_count,
      OF_STREAM (late) },
  { "perceptual_gaps", COUNTER, NULL, "Gaps in the distorted stream.",
      write_stream_count, OF_STREAM (gaps) },
  { "perceptual_misaligned_pairs", COUNTER, NULL,
      "Pairs of two pictures that do not belong together.", write_stream_count,
      OF_STREAM (misaligned) },
  { "perceptual_unsure_pairs", COUNTER, NULL,
      "Pairs that may be of the wrong frames, since the offset between the "
      "streams was in doubt.",
      write_stream_count, OF_STREAM (unsure) },
  { "perceptual_frozen_pairs", COUNTER, NULL,
      "Measured pairs whose distorted picture stood still, which the "
      "reference did not.",
      write_stream_count, OF_STREAM (frozen) },
  { "perceptual_black_pairs", COUNTER, NULL,
      "Measured pairs whose distorted picture was black, which the reference "
      "was not.",
      write_stream_count, OF_STREAM (black) },
  { "perceptual_distance", HISTOGRAM, NULL, "Distances of all measured pairs.",
      write_distances, 0 },
  { "perceptual_last_distance", GAUGE, NULL,
      "Value of the last pair; absent while no pairs come.", write_last, 0 },
  { "perceptual_window_distance", GAUGE, NULL,
      "Distances of the last summary's window; absent while no pairs come.",
      write_window, 0 },
  { "perceptual_alert_active", GAUGE, NULL, "Whether the alert lasts.",
      write_active, 0 },
  { "perceptual_alerts", COUNTER, NULL, "Alerts that began.", write_alerts, 0 },
  { "perceptual_hook_failures", COUNTER, NULL,
      "Calls of the alert hook that failed, hung or found the queue full.",
      write_whole_count, OF_WHOLE (hook_failures) },
  { "perceptual_connections", COUNTER, NULL,
      "Connections that ended, by what ended them.", write_connections, 0 },
  { "perceptual_retry_delay_seconds", GAUGE, "seconds",
      "Until the next connection is tried; 0 otherwise.", write_whole_number,
      OF_WHOLE (retry_delay) },
  { "perceptual_last_pair_timestamp_seconds", GAUGE, "seconds",
      "When the last pair was measured, since 1970; absent before the first.",
      write_last_pair, 0 },
  { "perceptual_measure_lag_seconds", GAUGE, "seconds",
      "From a pair's arrival to its distance; absent while no pairs come.",
      write_stream_present, OF_STREAM (lag) },
  { "perceptual_sync_offset_seconds", GAUGE, "seconds",
      "What is added to the distorted stream's times; absent while unknown.",
      write_stream_present, OF_STREAM (sync_offset) },
  { "perceptual_sync_confidence_ratio", GAUGE, "ratio",
      "How sure the offset is, 0 to 1; absent while unknown.",
      write_stream_present, OF_STREAM (sync_confidence) },
  { "perceptual_encoded_bytes", COUNTER, "bytes",
      "Of the stream that this encoder makes.", write_bytes,
      OF_STREAM (bytes) },
  { "perceptual_log_failures", COUNTER, NULL,
      "Lines that the log could not take.", write_whole_count,
      OF_WHOLE (log_failures) },
  { "process_cpu_seconds", COUNTER, "seconds",
      "Time of processors that the monitor and its connections used.",
      write_whole_number, OF_WHOLE (cpu_seconds) },
  { "process_resident_memory_bytes", GAUGE, "bytes",
      "Memory of the monitor and its connection.", write_whole_count,
      OF_WHOLE (resident_bytes) },
  { "process_start_time_seconds", GAUGE, "seconds",
      "When the monitor was started, since 1970.", write_whole_number,
      OF_WHOLE (started) },
  { "process_open_fds", GAUGE, NULL,
      "Open files of the monitor and its connection.", write_whole_count,
      OF_WHOLE (open_fds) },
};

static void
write_family (Writer *self, const Family *family)
{
  /* How a type is called, and what the name of a family has of it. */
  static const struct
  {
    const gchar *type[2];
    const gchar *suffix[2];
  } words[] = {
    [COUNTER] = { { "counter", "counter" }, { "_total", "" } },
    [GAUGE] = { { "gauge", "gauge" }, { "", "" } },
    [INFO] = { { "gauge", "info" }, { "_info", "" } },
    [HISTOGRAM] = { { "histogram", "histogram" }, { "", "" } },
  };
  guint open = self->open ? 1 : 0;
  const gchar *suffix = words[family->type].suffix[open];
  gsize before = self->out->len, begun;

  g_string_append_printf (
      self->out, "# HELP %s%s %s\n", family->name, suffix, family->help);
  g_string_append_printf (self->out, "# TYPE %s%s %s\n", family->name, suffix,
      words[family->type].type[open]);
  if (self->open && family->unit != NULL)
    g_string_append_printf (
        self->out, "# UNIT %s %s\n", family->name, family->unit);
  begun = self->out->len;
  self->family = family;
  family->write (self, family->offset);
  if (self->out->len == begun) /* Nothing to tell now. */
    g_string_truncate (self->out, before);
}

gchar *
monitor_exposition_format (
    const MonitorSnapshot *snapshot, MonitorExposition exposition)
{
  guint n = snapshot->n_streams;
  Writer self = { .out = g_string_sized_new (12 * 1024),
    .snapshot = snapshot,
    .open = exposition != MONITOR_TEXT,
    .monitor = escape_label (snapshot->name),
    .streams = g_new0 (gchar *, n + 1) };

  for (guint i = 0; i < n; i++)
    self.streams[i] = escape_label (snapshot->streams[i].label);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    write_family (&self, &families[i]);
  if (self.open)
    g_string_append (self.out, "# EOF\n");
  g_strfreev (self.streams);
  g_free (self.monitor);
  return g_string_free (self.out, FALSE);
}
