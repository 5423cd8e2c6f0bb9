/* SPDX-License-Identifier: Apache-2.0 */
/* The version of the program. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#define LWM2M_PORTFOLIO_VERSION "0.1.0"
#define LWM2M_PORTFOLIO_DATE    "November 24, 2026"

#endif
