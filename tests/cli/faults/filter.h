/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element "faultyfilter".
 */
#ifndef FAULTS_FILTER_H
#define FAULTS_FILTER_H

#include <gst/gst.h>

GType faulty_filter_get_type (void);

#endif /* FAULTS_FILTER_H */
