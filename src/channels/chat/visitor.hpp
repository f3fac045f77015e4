// SPDX-License-Identifier: Apache-2.0
// Who a visitor is: a token that needs no row, keys that stand for them, and what a site proves
// about its users. Pure but for the randomness of a fresh token.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "auth/keyed_hash.hpp"
#include "channels/chat/chat_settings.hpp"
#include "deskwire/domain/commands.hpp"
#include "http/json.hpp"

namespace deskwire::chat {

enum class Level : std::uint8_t { anonymous, claimed, verified };
[[nodiscard]] std::string_view name(Level level);

/// What is known about a visitor; kept as a record when there is anything.
struct Card {
  Level level = Level::anonymous;
  std::string name, email;
  std::string user;           ///< The site's own id of them; only when verified.
  bool email_proven = false;  ///< The site signed the address too: it says who they are.
  [[nodiscard]] bool empty() const { return name.empty() && email.empty() && user.empty(); }
  friend bool operator==(const Card&, const Card&) = default;
};
[[nodiscard]] std::string encode_card(const Card& card);
[[nodiscard]] Card decode_card(std::string_view text);

class VisitorKeys {
 public:
  explicit VisitorKeys(const KeyHasher& hasher) : hasher_(hasher) {}

  /// A fresh id of 22 characters, unguessable.
  [[nodiscard]] static std::string draw_id();
  /// `v1.<id>.<signature>`, good for one place.
  [[nodiscard]] std::string token(const Place& place, std::string_view id) const;
  /// The id in a token of ours; nothing for any other text.
  [[nodiscard]] std::optional<std::string> read_token(const Place& place,
                                                      std::string_view token) const;

  /// The thread key of everything that this visitor says here.
  [[nodiscard]] Key conversation(const Place& place, std::string_view id) const;
  /// Puts the visitor's identities into a message on its way in.
  void identify(ReceiveMessage& message, const Place& place, std::string_view id,
                const Card& card) const;
  [[nodiscard]] Key message(const Place& place, std::string_view id,
                            std::string_view client_id) const;

  /// `<number>.<signature>`: an upload for its owner alone, and a file for whoever has the link.
  [[nodiscard]] std::string upload(std::string_view id, std::uint64_t number) const;
  [[nodiscard]] std::optional<std::uint64_t> read_upload(std::string_view id,
                                                         std::string_view text) const;
  [[nodiscard]] std::string file(MessageId message, std::uint32_t n) const;
  struct File {
    MessageId message;
    std::uint32_t n = 0;
  };
  [[nodiscard]] std::optional<File> read_file(std::string_view text) const;

 private:
  KeyHasher hasher_;
};

/// The record that keeps a visitor's card.
inline constexpr std::string_view kVisitorRecord = "visitor";
[[nodiscard]] std::string record_key(const Place& place, std::string_view id);

/// Why what was said of the visitor does not count.
struct ClaimRefused {
  enum class Kind : std::uint8_t {
    invalid,
    not_proven,
    another_user  ///< Proven, but this conversation is somebody else's.
  };
  Kind kind = Kind::invalid;
  std::string detail;  ///< A sentence.
};
using Claims = std::expected<void, ClaimRefused>;

/// What `chat.start` says about the visitor: claimed name and address, or proof of the site's user
/// (`identity` with a hex HMAC-SHA-256 of its id, or `jwt`, HS256 with `sub`). Adds to `card`.
[[nodiscard]] Claims read_claims(const boost::json::object& params, const Place& place, Instant now,
                                 Card& card);

}  // namespace deskwire::chat
