#include "secret-page.h"

#include <sys/mman.h>

void *secret_page_allocate(size_t bytes) {
  void *const page =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return NULL;
  /* Over RLIMIT_MEMLOCK the page stays swappable: better than no volume. */
  (void)mlock(page, bytes);
#ifdef MADV_DONTDUMP
  (void)madvise(page, bytes, MADV_DONTDUMP);
#endif
#ifdef MADV_DONTFORK
  (void)madvise(page, bytes, MADV_DONTFORK);
#endif
  return page;
}

void secret_page_free(void *page, size_t bytes) {
  /* Volatile: the compiler must not drop stores to memory that goes away. */
  volatile unsigned char *const at = page;
  for (size_t i = 0; i < bytes; i += 1) at[i] = 0;
  (void)munmap(page, bytes);
}
