/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command line of perceptual-monitor, and its configuration file.
 */
#ifndef MONITOR_OPTIONS_H
#define MONITOR_OPTIONS_H

#include "monitor/connection/order.h"

#include "console/help-option.h"
#include "log/file.h"
#include "measure/settings.h"

G_BEGIN_DECLS

/* What --listen is to have no pages at all. */
#define MONITOR_LISTEN_NONE "none"

/**
 * MonitorOptions:
 * @settings: of the measuring element, but for those of its log
 * @order: what is measured
 * @metric: its name
 * @labels: (array zero-terminated=1): of the distorted streams: the encoders,
 *   or one that is empty
 * @name: the monitor's label
 * @listen: ADDRESS:PORT, or MONITOR_LISTEN_NONE
 * @hosts: (array zero-terminated=1) (nullable): names that it may be called by
 * @log: (nullable): where lines go
 * @limits: of the log
 * @on_alert: (array zero-terminated=1) (nullable): the command
 * @stall: us without a pair after which a connection is ended
 * @retry_least: the shortest wait, us
 * @retry_most: the longest, us
 * @history: s
 * @hook_timeout: us
 * @exit_after: us; 0 for never
 * @unmatched: share of frames without partner that makes an alert
 * @config: (nullable): the file
 * @answers: what is printed and nothing else done
 */
typedef struct
{
  MeasureSettings settings;
  MonitorOrder order;
  const gchar *metric;
  gchar **labels;
  gchar *name;
  gchar *listen;
  gchar **hosts;
  gchar *log;
  PerceptualLogLimits limits;
  gchar **on_alert;
  gint64 stall;
  gint64 retry_least;
  gint64 retry_most;
  gint64 history;
  gint64 hook_timeout;
  gint64 exit_after;
  gdouble unmatched;
  gchar *config;
  HelpAnswers answers;
  gchar **files; /* for options.c */
} MonitorOptions;

/**
 * monitor_options_parse:
 * @argv: (array zero-terminated=1): the command line; left as it is, so that
 *   it can be read again
 * @error: G_OPTION_ERROR
 *
 * Ends the program after --help.
 */
gboolean monitor_options_parse (
    MonitorOptions *self, const gchar *const *argv, GError **error);
void monitor_options_clear (MonitorOptions *self);

/* Whether there is an option --@name.  GStreamer is initialised. */
gboolean monitor_options_offer (const gchar *name);

G_END_DECLS

#endif /* MONITOR_OPTIONS_H */
