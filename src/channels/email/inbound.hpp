// SPDX-License-Identifier: Apache-2.0
// From an accepted mail's bytes to the command that the engine decides over. Total: any bytes
// become a command. Slow parts (parsing, compressing) make this work for a parse worker, never for
// the loop.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/keyed_hash.hpp"
#include "channels/email/mailboxes.hpp"
#include "deskwire/base/instant.hpp"
#include "deskwire/domain/commands.hpp"
#include "deskwire/port/blob_keeper.hpp"

namespace deskwire::email {

/// What the session knows beside the mail itself.
struct Envelope {
  std::string mail_from;             ///< Without angle brackets; empty: the null return path.
  std::vector<std::string> rcpt_to;  ///< Accepted recipients, all ours, at least one.
  std::string helo;
  std::string remote_ip;
  bool tls = false;
  bool smtputf8 = false;
  Instant received_at;  ///< When DATA ended; clocks start here.
};

struct InboundSettings {
  /// Whose Authentication-Results count; with none, no sender is ever authenticated.
  std::vector<std::string> trusted_authserv_ids;
  /// Colleagues, as addresses or "@domain": what they forward is its author's.
  std::vector<std::string> forwarders;
};

class Inbound {
 public:
  /// `blobs` must outlive this; it is called from whichever thread calls command().
  Inbound(InboundSettings settings, std::shared_ptr<const Mailboxes> mailboxes,
          const KeyHasher& hasher, BlobKeeper& blobs);
  ~Inbound();
  Inbound(const Inbound&) = delete;
  Inbound& operator=(const Inbound&) = delete;

  /// Thread safe. `raw` is the mail as it is to be kept, trace header included. Throws only
  /// StoreError, when the disk fails (the mail is then answered 451), never for anything in the
  /// mail.
  [[nodiscard]] Command command(const Envelope& envelope, std::string_view raw) const;
  /// The same for a mail that was being parsed at two crashes: kept whole, not looked into, marked
  /// so that an agent sees it.
  [[nodiscard]] Command opaque_command(const Envelope& envelope, std::string_view raw) const;

  /// After a reload of the configuration. Thread safe.
  void replace(InboundSettings settings, std::shared_ptr<const Mailboxes> mailboxes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace deskwire::email
