/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is answered to which request.  It knows nothing of connections.
 */
#ifndef MONITOR_ANSWERS_H
#define MONITOR_ANSWERS_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* @body: (transfer full); @type: of it, static */
typedef struct
{
  guint status;
  const gchar *type;
  GBytes *body;
} MonitorAnswer;

/* Returns: an answer of plain text. */
MonitorAnswer monitor_answer_text (guint status, const gchar *text);

/* For one thread. */
typedef struct _MonitorAnswers MonitorAnswers;

MonitorAnswers *monitor_answers_new (const MonitorSource *source);
void monitor_answers_free (MonitorAnswers *self);

/* @accept: (nullable): header of the request; @since, @width: (nullable): of
 * its query.  Returns: an answer to the request for @path. */
MonitorAnswer monitor_answers_find (MonitorAnswers *self, const gchar *path,
    const gchar *accept, const gchar *since, const gchar *width);

G_END_DECLS

#endif /* MONITOR_ANSWERS_H */
