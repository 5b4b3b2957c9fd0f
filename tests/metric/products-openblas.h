/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Products by OpenBLAS, to test ours against.
 *
 * The library has nothing of it: while a program is loaded OpenBLAS starts
 * threads, and waits forever where it gets no memory for its buffers.
 */
#ifndef PERCEPTUAL_PRODUCTS_OPENBLAS_H
#define PERCEPTUAL_PRODUCTS_OPENBLAS_H

#include "nn/products.h"

G_BEGIN_DECLS

extern const PerceptualProducts perceptual_products_openblas;

G_END_DECLS

#endif /* PERCEPTUAL_PRODUCTS_OPENBLAS_H */
