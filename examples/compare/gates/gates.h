/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Limits on what is measured, for scripts that are to fail: --fail-above,
 * --fail-below, --baseline.
 */
#ifndef COMPARE_GATES_H
#define COMPARE_GATES_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * CompareGate:
 * @below: whether it fails below the limit; else above it
 * @strict: whether the limit itself fails as well
 * @plain: whether the user typed the limit alone
 * @metric: (nullable): the column that it is about; NULL for the metric's
 * @statistic: of that column
 * @limit: a finite number
 * @text: the condition that has to be met, as the user typed it
 */
typedef struct
{
  gboolean below;
  gboolean strict;
  gboolean plain;
  gchar *metric;
  gchar *statistic;
  gdouble limit;
  gchar *text;
} CompareGate;

/**
 * CompareGates:
 * @all: (element-type CompareGate) (nullable): in the order of the command line
 * @baseline: (nullable): name of an earlier report in JSON
 * @tolerance: how much worse than the baseline a number may be
 * @relative: whether @tolerance is a part of the number, else it is in the
 *   metric's unit
 * @has_tolerance: whether the user gave it
 * @junit: (nullable): name of the file of results that CI systems read
 */
typedef struct
{
  GPtrArray *all;
  gchar *baseline;
  gdouble tolerance;
  gboolean relative;
  gboolean has_tolerance;
  gchar *junit;
} CompareGates;

/* Adds the options; the group's user data is a CompareOptions, whose gates are
 * @self. */
void compare_gates_add_options (CompareGates *self, GOptionGroup *group);
void compare_gates_clear (CompareGates *self);

/* Whether there is anything that can fail. */
gboolean compare_gates_exist (const CompareGates *self);

G_END_DECLS

#endif /* COMPARE_GATES_H */
