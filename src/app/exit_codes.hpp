// SPDX-License-Identifier: Apache-2.0
// How the process ends, by sysexits.h where it has a word for it. Service managers and tests rely
// on these.
#pragma once
#include "deskwire/port/store.hpp"

namespace deskwire::app {

enum ExitCode : int {
  kStopped = 0,
  kUsage = 64,          ///< The command line is wrong.
  kUnavailable = 69,    ///< A port or socket is taken, or no daemon answers.
  kDisk = 74,           ///< Reading or writing the data failed.
  kLocked = 75,         ///< Another process has the data open.
  kNewerSchema = 76,    ///< The data was written by a newer version.
  kConfiguration = 78,  ///< The configuration is wrong.
};

constexpr ExitCode exit_code(StoreError::Kind kind) {
  switch (kind) {
    case StoreError::Kind::disk:
    case StoreError::Kind::corrupt:
      return kDisk;
    case StoreError::Kind::locked:
      return kLocked;
    case StoreError::Kind::newer_schema:
      return kNewerSchema;
  }
  return kDisk;
}

}  // namespace deskwire::app
