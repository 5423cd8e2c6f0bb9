/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of the Portfolio object (OMA-TS-LWM2M_PortfolioObj 5.2). */
#ifndef BASE_PORTFOLIO_H
#define BASE_PORTFOLIO_H

#include "base/value.h"

enum { PORTFOLIO = 16 };

/* Its resources. */
enum { IDENTITY = 0, GET_AUTH_DATA = 1, AUTH_DATA = 2, AUTH_STATUS = 3 };

/* PATH is that RESOURCE of a Portfolio instance, or one of its resource instances. */
bool path_is_portfolio(struct path path, unsigned resource);

#endif
