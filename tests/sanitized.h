/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether sanitizers watch a test.  Its numbers are those of the plain build,
 * which asserts them; sanitizers only have to see every loop, branch and tail
 * once, each pixel of it being several times slower.
 */
#ifndef TEST_SANITIZED_H
#define TEST_SANITIZED_H

#include <glib.h>

static inline gboolean
test_sanitized (void)
{
  return g_getenv ("PERCEPTUAL_TEST_SANITIZED") != NULL;
}

/* The first of two numbers, or with sanitizers the second one. */
static inline guint
test_sanitized_or (guint plain, guint sanitized)
{
  return test_sanitized () ? sanitized : plain;
}

#endif /* TEST_SANITIZED_H */
