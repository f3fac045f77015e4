// SPDX-License-Identifier: Apache-2.0
#include "storage/crash_disk.hpp"

#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <vector>

namespace deskwire {
namespace {

/// How to undo one write or truncation.
struct Undo {
  std::string file;
  std::uint64_t offset = 0;
  std::string old_bytes;
  std::uint64_t old_size = 0;
};

struct Disk {
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs vfs{};
  std::uint64_t operations = 0;
  std::optional<std::uint64_t> cut_at;
  bool off = false;
  std::vector<Undo> unsynced;
};

Disk& disk() {
  static Disk the_disk;
  return the_disk;
}

struct CrashFile {
  sqlite3_file base;
  sqlite3_file* real;
  std::string* name;
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<CrashFile*>(file)->real; }
const std::string& name_of(sqlite3_file* file) { return *reinterpret_cast<CrashFile*>(file)->name; }

enum class Turn { go, half, off };

Turn take_turn() {
  Disk& d = disk();
  if (d.off) return Turn::off;
  ++d.operations;
  if (!d.cut_at || d.operations < *d.cut_at) return Turn::go;
  d.off = true;
  return Turn::half;
}

void remember(sqlite3_file* file, sqlite3_int64 offset, sqlite3_int64 size) {
  sqlite3_int64 file_size = 0;
  real(file)->pMethods->xFileSize(real(file), &file_size);
  Undo undo{.file = name_of(file),
            .offset = static_cast<std::uint64_t>(offset),
            .old_bytes = {},
            .old_size = static_cast<std::uint64_t>(file_size)};
  const sqlite3_int64 there = std::max<sqlite3_int64>(0, std::min(size, file_size - offset));
  undo.old_bytes.resize(static_cast<std::size_t>(there));
  if (there > 0)
    real(file)->pMethods->xRead(real(file), undo.old_bytes.data(), static_cast<int>(there), offset);
  disk().unsynced.push_back(std::move(undo));
}

int crash_close(sqlite3_file* file) {
  auto* self = reinterpret_cast<CrashFile*>(file);
  const int code = self->real->pMethods ? self->real->pMethods->xClose(self->real) : SQLITE_OK;
  delete self->name;
  return code;
}

int crash_read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), to, size, offset);
}

int crash_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const Turn turn = take_turn();
  if (turn == Turn::off) return SQLITE_IOERR_WRITE;
  remember(file, offset, size);
  const int part = turn == Turn::half ? size / 2 : size;
  const int code = real(file)->pMethods->xWrite(real(file), from, part, offset);
  return turn == Turn::half ? SQLITE_IOERR_WRITE : code;
}

int crash_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (take_turn() != Turn::go) return SQLITE_IOERR_TRUNCATE;
  sqlite3_int64 old_size = 0;
  real(file)->pMethods->xFileSize(real(file), &old_size);
  remember(file, size, old_size - size);
  return real(file)->pMethods->xTruncate(real(file), size);
}

int crash_sync(sqlite3_file* file, int flags) {
  if (take_turn() != Turn::go) return SQLITE_IOERR_FSYNC;
  std::erase_if(disk().unsynced, [&](const Undo& undo) { return undo.file == name_of(file); });
  return real(file)->pMethods->xSync(real(file), flags);
}

int crash_file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int crash_lock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int crash_unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int crash_check_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int crash_control(sqlite3_file* file, int op, void* arg) {
  return real(file)->pMethods->xFileControl(real(file), op, arg);
}
int crash_sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int crash_device(sqlite3_file*) { return 0; }  // No promise of atomic or ordered writes.
int crash_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int crash_shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}
void crash_shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int crash_shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods kMethods = {2,
                                     crash_close,
                                     crash_read,
                                     crash_write,
                                     crash_truncate,
                                     crash_sync,
                                     crash_file_size,
                                     crash_lock,
                                     crash_unlock,
                                     crash_check_lock,
                                     crash_control,
                                     crash_sector,
                                     crash_device,
                                     crash_shm_map,
                                     crash_shm_lock,
                                     crash_shm_barrier,
                                     crash_shm_unmap,
                                     nullptr,
                                     nullptr};

int crash_open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  auto* self = reinterpret_cast<CrashFile*>(file);
  self->base.pMethods = nullptr;
  self->real = reinterpret_cast<sqlite3_file*>(self + 1);
  self->real->pMethods = nullptr;
  if (disk().off) return SQLITE_CANTOPEN;
  const int code = disk().real->xOpen(disk().real, name, self->real, flags, out);
  if (code != SQLITE_OK) return code;
  self->name = new std::string(name ? name : "");
  self->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int crash_delete(sqlite3_vfs*, const char* name, int sync_directory) {
  if (take_turn() != Turn::go) return SQLITE_IOERR_DELETE;
  std::erase_if(disk().unsynced, [&](const Undo& undo) { return undo.file == name; });
  return disk().real->xDelete(disk().real, name, sync_directory);
}

void apply(const Undo& undo) {
  if (!std::filesystem::exists(undo.file)) return;
  {
    std::fstream file(undo.file, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(undo.offset));
    file.write(undo.old_bytes.data(), static_cast<std::streamsize>(undo.old_bytes.size()));
  }
  std::filesystem::resize_file(undo.file, undo.old_size);
}

}  // namespace

CrashDisk::CrashDisk() {
  Disk& d = disk();
  d = Disk{};
  d.real = sqlite3_vfs_find(nullptr);
  d.vfs = *d.real;
  d.vfs.zName = "crash-disk";
  d.vfs.szOsFile = static_cast<int>(sizeof(CrashFile)) + d.real->szOsFile;
  d.vfs.xOpen = crash_open;
  d.vfs.xDelete = crash_delete;
  d.vfs.pNext = nullptr;
  sqlite3_vfs_register(&d.vfs, 0);
}

CrashDisk::~CrashDisk() { sqlite3_vfs_unregister(&disk().vfs); }

void CrashDisk::cut_power_at(std::uint64_t n) {
  disk().operations = 0;
  disk().cut_at = n;
}

bool CrashDisk::power_is_off() const { return disk().off; }

std::uint64_t CrashDisk::operations() const { return disk().operations; }

void CrashDisk::forget_unsynced(std::uint64_t seed) {
  Disk& d = disk();
  std::mt19937_64 random(seed);
  for (auto undo = d.unsynced.rbegin(); undo != d.unsynced.rend(); ++undo) {
    if (seed == 0 || random() % 2 == 0) apply(*undo);
  }
  d.unsynced.clear();
  d.off = false;
  d.cut_at.reset();
}

}  // namespace deskwire
