/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The order of numbers that stay where they are.
 */
#ifndef JUDGE_ORDER_H
#define JUDGE_ORDER_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * judge_order:
 * @first: @n numbers, none NaN
 * @second: (nullable): what decides where two of @first are equal; none NaN
 *
 * Returns: (transfer full): the indices of the numbers, smallest first, equal
 * ones in the order given.
 */
guint *judge_order (const gdouble *first, const gdouble *second, guint n);

G_END_DECLS

#endif /* JUDGE_ORDER_H */
