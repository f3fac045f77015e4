// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/paced_vfs.hpp"

#include <chrono>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <thread>

namespace deskwire::sqlite {
namespace {

/// A disk writes this in about a millisecond, and then it is the others' for as long.
constexpr std::int64_t kPortionBytes = 128 << 10;
constexpr auto kRest = std::chrono::milliseconds(1);

/// The file below stands right behind it in the memory that SQLite gives.
struct PacedFile : sqlite3_file {
  std::int64_t unsynced_bytes = 0;
};

PacedFile& paced(sqlite3_file* file) { return *static_cast<PacedFile*>(file); }
sqlite3_file* below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(&paced(file) + 1);
}
const sqlite3_io_methods& methods(sqlite3_file* file) { return *below(file)->pMethods; }

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const int code = methods(file).xWrite(below(file), bytes, size, at);
  PacedFile& written = paced(file);
  written.unsynced_bytes += size;
  if (code != SQLITE_OK || written.unsynced_bytes < kPortionBytes) return code;
  written.unsynced_bytes = 0;
  const int synced = methods(file).xSync(below(file), SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  std::this_thread::sleep_for(kRest);
  return synced;
}

/// All others are the file's below.
const sqlite3_io_methods kMethods = {
    .iVersion = 3,
    .xClose = [](sqlite3_file* f) { return methods(f).xClose(below(f)); },
    .xRead = [](sqlite3_file* f, void* to, int size,
                sqlite3_int64 at) { return methods(f).xRead(below(f), to, size, at); },
    .xWrite = write,
    .xTruncate = [](sqlite3_file* f,
                    sqlite3_int64 size) { return methods(f).xTruncate(below(f), size); },
    .xSync = [](sqlite3_file* f, int flags) { return methods(f).xSync(below(f), flags); },
    .xFileSize = [](sqlite3_file* f,
                    sqlite3_int64* size) { return methods(f).xFileSize(below(f), size); },
    .xLock = [](sqlite3_file* f, int level) { return methods(f).xLock(below(f), level); },
    .xUnlock = [](sqlite3_file* f, int level) { return methods(f).xUnlock(below(f), level); },
    .xCheckReservedLock =
        [](sqlite3_file* f, int* out) { return methods(f).xCheckReservedLock(below(f), out); },
    .xFileControl = [](sqlite3_file* f, int what,
                       void* arg) { return methods(f).xFileControl(below(f), what, arg); },
    .xSectorSize = [](sqlite3_file* f) { return methods(f).xSectorSize(below(f)); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) { return methods(f).xDeviceCharacteristics(below(f)); },
    .xShmMap = [](sqlite3_file* f, int page, int size, int extend,
                  void volatile** out) {
      return methods(f).xShmMap(below(f), page, size, extend, out);
    },
    .xShmLock = [](sqlite3_file* f, int offset, int n,
                   int flags) { return methods(f).xShmLock(below(f), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { methods(f).xShmBarrier(below(f)); },
    .xShmUnmap = [](sqlite3_file* f,
                    int remove) { return methods(f).xShmUnmap(below(f), remove); },
    .xFetch = [](sqlite3_file* f, sqlite3_int64 at, int size,
                 void** out) { return methods(f).xFetch(below(f), at, size, out); },
    .xUnfetch = [](sqlite3_file* f, sqlite3_int64 at,
                   void* page) { return methods(f).xUnfetch(below(f), at, page); },
};

/// For a file below that cannot be mapped into memory.
const sqlite3_io_methods kWithoutFetch = [] {
  sqlite3_io_methods without = kMethods;
  without.iVersion = 2;
  without.xFetch = nullptr;
  without.xUnfetch = nullptr;
  return without;
}();

sqlite3_vfs* under(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

/// Logs and temporary files are opened as they are.
int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
    return under(vfs)->xOpen(under(vfs), name, file, flags, out_flags);
  auto* made = new (static_cast<void*>(file)) PacedFile{};
  const int code = under(vfs)->xOpen(under(vfs), name, below(made), flags, out_flags);
  if (const sqlite3_io_methods* opened = below(made)->pMethods)
    made->pMethods = opened->iVersion >= kMethods.iVersion ? &kMethods : &kWithoutFetch;
  return code;
}

}  // namespace

PacedVfs::PacedVfs(const std::string& over)
    : name_("paced-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))) {
  sqlite3_vfs* base = sqlite3_vfs_find(over.empty() ? nullptr : over.c_str());
  if (base == nullptr) throw std::invalid_argument("there is no file system \"" + over + "\"");
  vfs_ = *base;  // What stays (time, randomness) does not look at its object.
  vfs_.zName = name_.c_str();
  vfs_.szOsFile = static_cast<int>(sizeof(PacedFile)) + base->szOsFile;
  vfs_.pNext = nullptr;
  vfs_.pAppData = base;
  vfs_.xOpen = open;
  vfs_.xDelete = [](sqlite3_vfs* v, const char* name, int sync) {
    return under(v)->xDelete(under(v), name, sync);
  };
  vfs_.xAccess = [](sqlite3_vfs* v, const char* name, int what, int* out) {
    return under(v)->xAccess(under(v), name, what, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* v, const char* name, int size, char* out) {
    return under(v)->xFullPathname(under(v), name, size, out);
  };
  if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK)
    throw std::runtime_error("SQLite does not take a file system");
}

PacedVfs::~PacedVfs() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace deskwire::sqlite
