/*
 * What is known of a mapping beyond the kernel: whose it is, for which process, how far its opening
 * got. One file of root's a mapping in /run/lockline-dmcrypt, locked while a verb works on it.
 */
#ifndef LOCKLINE_RECORD_H
#define LOCKLINE_RECORD_H

#include <stdbool.h>
#include <sys/types.h>

enum phase { PHASE_OPENING, PHASE_OPEN, PHASE_CLOSING };

struct record {
  uid_t uid;
  pid_t owner; /* 0 where no process was named */
  unsigned long long owner_start;
  enum phase phase;
  bool is_dynamic;  /* the volume reaches to the container's end, and may grow with it */
  char cipher[64];  /* as the header has it */
};

/* Takes a new record for a name, locked until the program ends. Refuses with name-taken. */
void create_record(const char *name, const struct record *record);

/*
 * Finds and locks the record of a mapping that `uid` may touch (root: any). Refuses with
 * mapping-unknown where there is none or it is another user's: both look alike.
 */
struct record claim_record(const char *name, uid_t uid);

/* The same without refusing: 0 where it is not theirs, -1 where another helper works on it. */
int try_claim_record(const char *name, uid_t uid, struct record *record);

/* Removes a record that a helper killed while it made it has left empty, and that has no mapping. */
void sweep_record(const char *name);

/* Reads a record without locking it. */
bool peek_record(const char *name, struct record *record);

/* Writes the record that was created or claimed last; removes it. */
void write_record(const struct record *record);
void remove_record(const char *name);

const char *phase_word(enum phase phase);

/* Calls `visit` for each record. */
void each_record(void (*visit)(const char *name, void *context), void *context);

#endif
