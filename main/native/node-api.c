/*
 * The addon as JavaScript sees it.
 *
 *   implementations(): string[]      those that this processor can run, fastest first
 *   createTransform(arena, isDecrypt, key, sectorBytes, implementation): Transform
 *     apply(at, length, firstIvSector)
 *     transfer(fd, position, at, length, firstIvSector): number    bytes moved
 *     lastErrno(): number             of the last transfer that fell short; 0 at the end of the file
 *     dispose()
 *
 * Each call names a place in the arena by numbers: its address is taken once, when the transform is
 * made. That is sound for shared memory only, which never moves, shrinks or gets detached, so other
 * memory is refused. There is no state outside a transform, and a transform belongs to one thread:
 * the addon works in any number of workers.
 */
#define NAPI_VERSION 8
#include <node_api.h>

#include "fused-transfer.h"
#include "secret-page.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SAFE_INTEGER 9007199254740991.0

typedef struct {
  xts_transform transform;
  /* NULL once disposed. */
  xts_schedule *schedule;
  uint8_t *arena;
  size_t arena_bytes;
  napi_ref arena_reference;
  int last_errno;
  /* Functions of JavaScript that carry this; the last one to be collected frees it. */
  int functions;
} handle;

static napi_value fail(napi_env env, const char *message) {
  napi_throw_range_error(env, NULL, message);
  return NULL;
}

static void dispose(napi_env env, handle *h) {
  if (h->schedule == NULL) return;
  secret_page_free(h->schedule, sizeof *h->schedule);
  h->schedule = NULL;
  h->transform.schedule = NULL;
  (void)napi_delete_reference(env, h->arena_reference);
}

static void release(napi_env env, void *data, void *hint) {
  (void)hint;
  handle *const h = data;
  h->functions -= 1;
  if (h->functions > 0) return;
  dispose(env, h);
  free(h);
}

/* Takes a whole number from 0 to 2^53 - 1. */
static bool take_number(napi_env env, napi_value value, uint64_t *result) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!(number >= 0 && number <= MAX_SAFE_INTEGER)) return false;
  *result = (uint64_t)number;
  return (double)*result == number;
}

typedef struct {
  uint8_t *memory;
  size_t bytes;
  uint64_t first_iv_sector;
} range;

/* `values`: at, length, first IV sector. */
static bool take_range(napi_env env, const handle *h, const napi_value *values, range *result) {
  uint64_t at, bytes;
  if (!take_number(env, values[0], &at) || !take_number(env, values[1], &bytes) ||
      !take_number(env, values[2], &result->first_iv_sector))
    return false;
  if (at > h->arena_bytes || bytes > h->arena_bytes - at) return false;
  if (bytes % h->transform.sector_bytes != 0) return false;
  result->memory = h->arena + at;
  result->bytes = bytes;
  return true;
}

static napi_value apply(napi_env env, napi_callback_info info) {
  napi_value values[3];
  size_t count = 3;
  void *data;
  if (napi_get_cb_info(env, info, &count, values, NULL, &data) != napi_ok) return NULL;
  const handle *const h = data;
  if (h->schedule == NULL) return fail(env, "transform is disposed");
  range r;
  if (count < 3 || !take_range(env, h, values, &r))
    return fail(env, "range is not whole sectors of the arena");
  h->transform.implementation->transform(h->schedule, r.memory,
                                         r.bytes / h->transform.sector_bytes,
                                         h->transform.sector_bytes, r.first_iv_sector);
  return NULL;
}

static napi_value transfer(napi_env env, napi_callback_info info) {
  napi_value values[5];
  size_t count = 5;
  void *data;
  if (napi_get_cb_info(env, info, &count, values, NULL, &data) != napi_ok) return NULL;
  handle *const h = data;
  if (h->schedule == NULL) return fail(env, "transform is disposed");
  uint64_t fd, position;
  range r;
  if (count < 5 || !take_number(env, values[0], &fd) || fd > INT32_MAX ||
      !take_number(env, values[1], &position) || !take_range(env, h, values + 2, &r))
    return fail(env, "range is not whole sectors of the arena");
  const size_t moved = fused_transfer(&h->transform, (int)fd, position, r.memory, r.bytes,
                                      r.first_iv_sector, &h->last_errno);
  napi_value result;
  return napi_create_int64(env, (int64_t)moved, &result) == napi_ok ? result : NULL;
}

static napi_value last_errno(napi_env env, napi_callback_info info) {
  void *data;
  if (napi_get_cb_info(env, info, NULL, NULL, NULL, &data) != napi_ok) return NULL;
  napi_value result;
  return napi_create_int32(env, ((handle *)data)->last_errno, &result) == napi_ok ? result : NULL;
}

static napi_value dispose_transform(napi_env env, napi_callback_info info) {
  void *data;
  if (napi_get_cb_info(env, info, NULL, NULL, NULL, &data) == napi_ok) dispose(env, data);
  return NULL;
}

static const xts_implementation *find_implementation(napi_env env, napi_value name) {
  char wanted[16];
  size_t length;
  if (napi_get_value_string_utf8(env, name, wanted, sizeof wanted, &length) != napi_ok) return NULL;
  for (const xts_implementation *const *at = xts_implementations; *at != NULL; at += 1)
    if (strcmp((*at)->name, wanted) == 0) return (*at)->is_supported() ? *at : NULL;
  return NULL;
}

static bool take_bytes(napi_env env, napi_value value, uint8_t **bytes, size_t *length,
                       bool *is_shared) {
  napi_typedarray_type type;
  napi_value buffer;
  void *data;
  bool is_array = false;
  if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array) return false;
  if (napi_get_typedarray_info(env, value, &type, length, &data, &buffer, NULL) != napi_ok)
    return false;
  bool is_plain_buffer = true;
  if (napi_is_arraybuffer(env, buffer, &is_plain_buffer) != napi_ok) return false;
  *bytes = data;
  *is_shared = !is_plain_buffer;
  return type == napi_uint8_array;
}

/* Adds a method that carries the handle and keeps it alive. */
static bool add_method(napi_env env, napi_value object, const char *name, napi_callback callback,
                       handle *h) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, h, &function) != napi_ok)
    return false;
  if (napi_add_finalizer(env, function, h, release, NULL, NULL) != napi_ok) return false;
  h->functions += 1;
  return napi_set_named_property(env, object, name, function) == napi_ok;
}

static bool is_sector_size(uint32_t bytes) {
  return bytes == 512 || bytes == 1024 || bytes == 2048 || bytes == 4096;
}

/* Fills a fresh handle; what it could not is left for `dispose`. */
static const char *fill_handle(napi_env env, handle *h, const napi_value *values) {
  bool is_shared, is_key_shared, is_decrypt;
  uint8_t *key;
  size_t key_bytes;
  uint32_t sector_bytes;
  if (!take_bytes(env, values[0], &h->arena, &h->arena_bytes, &is_shared) || !is_shared)
    return "arena is not shared memory";
  if (napi_get_value_bool(env, values[1], &is_decrypt) != napi_ok) return "direction is missing";
  if (!take_bytes(env, values[2], &key, &key_bytes, &is_key_shared) ||
      (key_bytes != 32 && key_bytes != 64))
    return "key is not of 32 or 64 bytes";
  if (napi_get_value_uint32(env, values[3], &sector_bytes) != napi_ok ||
      !is_sector_size(sector_bytes))
    return "sector size is not supported";
  const xts_implementation *const implementation = find_implementation(env, values[4]);
  if (implementation == NULL) return "implementation is not supported here";
  if (napi_create_reference(env, values[0], 1, &h->arena_reference) != napi_ok)
    return "arena cannot be held";
  h->schedule = secret_page_allocate(sizeof *h->schedule);
  if (h->schedule == NULL) {
    (void)napi_delete_reference(env, h->arena_reference);
    return "no memory for the key schedule";
  }
  h->transform = (xts_transform){implementation, h->schedule, sector_bytes};
  implementation->expand(h->schedule, key, key_bytes, is_decrypt);
  return NULL;
}

static napi_value create_transform(napi_env env, napi_callback_info info) {
  napi_value values[5];
  size_t count = 5;
  if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok) return NULL;
  if (count < 5) return fail(env, "five arguments are needed");
  handle *const h = calloc(1, sizeof *h);
  if (h == NULL) return fail(env, "no memory for the transform");
  const char *const problem = fill_handle(env, h, values);
  napi_value object;
  if (problem != NULL || napi_create_object(env, &object) != napi_ok) {
    dispose(env, h);
    free(h);
    return fail(env, problem != NULL ? problem : "transform cannot be made");
  }
  const bool is_complete = add_method(env, object, "apply", apply, h) &&
                           add_method(env, object, "transfer", transfer, h) &&
                           add_method(env, object, "lastErrno", last_errno, h) &&
                           add_method(env, object, "dispose", dispose_transform, h);
  if (is_complete) return object;
  dispose(env, h);
  if (h->functions == 0) free(h);
  return fail(env, "transform cannot be made");
}

static napi_value list_implementations(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value list, name;
  uint32_t count = 0;
  if (napi_create_array(env, &list) != napi_ok) return NULL;
  for (const xts_implementation *const *at = xts_implementations; *at != NULL; at += 1) {
    if (!(*at)->is_supported()) continue;
    if (napi_create_string_utf8(env, (*at)->name, NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_set_element(env, list, count, name) != napi_ok)
      return NULL;
    count += 1;
  }
  return list;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "implementations", NAPI_AUTO_LENGTH, list_implementations, NULL,
                           &function) != napi_ok ||
      napi_set_named_property(env, exports, "implementations", function) != napi_ok ||
      napi_create_function(env, "createTransform", NAPI_AUTO_LENGTH, create_transform, NULL,
                           &function) != napi_ok ||
      napi_set_named_property(env, exports, "createTransform", function) != napi_ok)
    return NULL;
  return exports;
}
