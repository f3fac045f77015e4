// SPDX-License-Identifier: Apache-2.0
#include "channels/email/poison_guard.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>

namespace deskwire::email {
namespace {

using Digest = std::array<std::uint8_t, 32>;

constexpr std::uint32_t kCrashesOfAPoison = 2;
constexpr std::uint64_t kMagic = 0x31746f6e6b736544;  // "Desknot1"
/// More mails are never parsed at once than there are workers; a full table only means that a crash
/// is not noted.
constexpr std::size_t kSlots = 32;
constexpr std::size_t kNoSlot = kSlots;

/// Without the trace header, which differs each time the mail is sent again: both its fields end
/// with the first two line ends that no blank follows.
std::string_view as_sent(std::string_view mail) {
  for (int field = 0; field < 2; ++field) {
    std::size_t end = 0;
    do {
      end = mail.find('\n', end);
      if (end == std::string_view::npos) return mail;
      ++end;
    } while (end < mail.size() && (mail[end] == ' ' || mail[end] == '\t'));
    mail.remove_prefix(end);
  }
  return mail;
}

Digest digest_of(std::string_view mail) {
  Digest out{};
  unsigned int size = 0;
  EVP_Digest(mail.data(), mail.size(), out.data(), &size, EVP_sha256(), nullptr);
  return out;
}

}  // namespace

/// What lies in the file. Plain bytes: another process, after a crash, reads them.
struct PoisonGuard::Notes {
  struct Suspect {
    Digest digest;
    std::uint32_t crashes;
    std::uint32_t unused;
  };
  std::uint64_t magic;
  std::array<Digest, kSlots> parsing;
  std::array<Suspect, kSlots> suspects;

  Suspect* find(const Digest& digest) {
    const auto found = std::ranges::find(suspects, digest, &Suspect::digest);
    return found == suspects.end() || found->crashes == 0 ? nullptr : &*found;
  }

  void count_crash(const Digest& digest) {
    Suspect* suspect = find(digest);
    if (!suspect) {
      suspect = &*std::ranges::min_element(suspects, {}, &Suspect::crashes);
      *suspect = {digest, 0, 0};
    }
    ++suspect->crashes;
  }
};

PoisonGuard::PoisonGuard(const std::string& file) {
  static_assert(std::is_trivially_copyable_v<Notes>);
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot open " + file);
  void* at = MAP_FAILED;
  if (::ftruncate(fd, sizeof(Notes)) == 0)
    at = ::mmap(nullptr, sizeof(Notes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const int error = errno;
  ::close(fd);
  if (at == MAP_FAILED)
    throw std::system_error(error, std::generic_category(), "cannot map " + file);
  notes_ = static_cast<Notes*>(at);
  if (notes_->magic != kMagic) {
    std::memset(at, 0, sizeof(Notes));
    notes_->magic = kMagic;
  }
  for (Digest& left : notes_->parsing) {
    if (left != Digest{}) notes_->count_crash(left);
    left = {};
  }
}

PoisonGuard::~PoisonGuard() { ::munmap(notes_, sizeof(Notes)); }

PoisonGuard::Parsing::Parsing(PoisonGuard& guard, std::string_view mail)
    : guard_(guard), digest_(digest_of(as_sent(mail))) {
  const std::scoped_lock lock(guard_.mutex_);
  Notes& notes = *guard_.notes_;
  const Notes::Suspect* suspect = notes.find(digest_);
  poisonous_ = suspect && suspect->crashes >= kCrashesOfAPoison;
  const auto free = std::ranges::find(notes.parsing, Digest{});
  slot_ = free == notes.parsing.end() ? kNoSlot
                                      : static_cast<std::size_t>(free - notes.parsing.begin());
  if (slot_ != kNoSlot) notes.parsing.at(slot_) = digest_;
}

PoisonGuard::Parsing::~Parsing() {
  const std::scoped_lock lock(guard_.mutex_);
  Notes& notes = *guard_.notes_;
  if (slot_ != kNoSlot) notes.parsing.at(slot_) = {};
  // It went well: whatever ended the process, it was not this mail. A poisonous one stays known,
  // should it be sent again.
  if (Notes::Suspect* suspect = notes.find(digest_); suspect && !poisonous_) *suspect = {};
}

}  // namespace deskwire::email
