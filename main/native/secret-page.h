/* Memory for key schedules: out of swap and core dumps where the system lets us, wiped at the end. */
#ifndef LOCKLINE_SECRET_PAGE_H
#define LOCKLINE_SECRET_PAGE_H

#include <stddef.h>

/* Zeroed, page-aligned; NULL where memory is short. */
void *secret_page_allocate(size_t bytes);

/* Wipes and unmaps. `bytes` as at allocation. */
void secret_page_free(void *page, size_t bytes);

#endif
