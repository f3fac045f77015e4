// SPDX-License-Identifier: Apache-2.0
// What each SMS provider does in its own way, as one table of pure functions: is this request
// really the provider's, what does it say, how is a message handed over, and how does one ask what
// was missed. No sockets, no clock, no state: whoever calls does the HTTP and keeps the ids. All of
// it is total on hostile input, and every text that comes out is valid UTF-8 of bounded length.
//
// The numbers in `from` and `to` are as the provider means them, with a plus where it says that
// they are international; short codes and names of senders are left alone. Normalising them is the
// caller's.
#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/base/instant.hpp"
#include "deskwire/domain/names.hpp"
#include "http/message.hpp"

namespace deskwire::sms {

inline constexpr std::size_t kMaxDetailBytes = 200;
inline constexpr std::size_t kMaxTextBytes = 64u << 10;  ///< Of an inbound text; the rest is cut.
inline constexpr std::size_t kMaxMedia = 20;
inline constexpr std::size_t kMaxBatch = 1000;  ///< Texts or receipts of one request or page.

/// A request to one of our hooks. All views must outlive the call.
struct HookRequest {
  std::string_view method;
  std::string_view target;  ///< Path and query exactly as sent.
  /// Bases under which the provider may know us, without a trailing slash:
  /// "https://desk.example.com".
  std::vector<std::string> public_urls;
  const Headers& headers;
  std::string_view body;
};

struct MediaLink {
  std::string url;
  std::string type;  ///< Content type as the provider says; may be empty.
};

/// What the provider itself took a message for. `none` says nothing about its text.
enum class Keyword : std::uint8_t { none, stop, start, help };

struct InboundText {
  std::string id;  ///< The provider's, unique within it; never empty.
  std::string from, to, text;
  Instant sent_at;  ///< Zero if not told.
  std::vector<MediaLink> media;
  Keyword keyword = Keyword::none;
  std::string account;  ///< The provider's account, if told.
  /// Media that exist but that a list did not name: `list_media` gets them. Zero in hooks.
  unsigned unlisted_media = 0;
};

struct Receipt {
  std::string id;  ///< The provider's; may be empty in the generic gateway.
  /// What came back of ours: the `m` parameter of the callback URL, else the reference of the
  /// message. May be empty.
  std::string token;
  /// sent (the provider or the network has it), delivered or failed. Receipts come out of order;
  /// the caller never moves a state backwards.
  DeliveryState state = DeliveryState::none;
  std::string detail;  ///< Code and text of an error; phone numbers are blotted out.
};

/// An unknown kind of event or state gives none of either: providers add them without asking.
struct Hook {
  std::vector<InboundText> texts;
  std::vector<Receipt> receipts;
};

/// A number of ours with a provider.
struct Line {
  std::string number;    ///< E.164, a short code or a name.
  std::string account;   ///< Twilio: account SID. Vonage: API key.
  std::string key;       ///< Twilio: SID of the API key whose secrets these are, if any.
  std::string api_base;  ///< Without a trailing slash; empty: the provider's own.
  std::vector<std::string> secrets;  ///< The first signs, all verify.
  /// Where hooks are proven by something else: Twilio's auth token beside an API key, Vonage's
  /// signature secret, Telnyx' public key (base64). Empty: `secrets`.
  std::vector<std::string> hook_secrets;
  std::string messaging_service;  ///< Twilio: service SID. Telnyx: messaging profile. Else empty.
};

struct Outgoing {
  std::string reference;  ///< Our stable id of this message: "m1042".
  std::string to, text;
  std::vector<std::string> media_urls;
  std::string status_url;  ///< For receipts, with our token as `m`; may be empty.
  /// Provider ids that belong to other messages of ours, so that `read_look_up` does not take one
  /// of those for this one. Not needed for sending.
  std::vector<std::string> other_ids;
};

struct ApiCall {
  std::string method, url;
  Headers headers;
  std::string body;
};

struct ApiAnswer {
  bool reached = false;  ///< False: no connection came about, so nothing can have been sent.
  unsigned status = 0;   ///< 0 although reached: the connection broke before an answer.
  std::string body;
};

struct SendAnswer {
  /// sent: the provider has it. queued: certainly not taken, try again. failed: final. delivered:
  /// only from a look-up. unknown: may have left, never to be sent again by itself.
  DeliveryState state = DeliveryState::unknown;
  std::string id;
  std::string detail;
};

struct Listed {
  std::vector<InboundText> texts;  ///< Inbound ones only.
  std::optional<ApiCall> next;
};

/// Neither: the provider does not have the message.
struct Found {
  std::optional<SendAnswer> sent;
  std::optional<ApiCall> next;  ///< The answer is on another page.
};

/// Why a request is not believed. `too_old` stands for any time that is too far from now.
enum class Forged : std::uint8_t { no_signature, wrong_signature, too_old, malformed };
inline constexpr auto kForgedNames =
    std::to_array<std::string_view>({"no_signature", "wrong_signature", "too_old", "malformed"});
[[nodiscard]] constexpr std::string_view name(Forged why) {
  return kForgedNames[static_cast<std::size_t>(why)];
}

/// Errors given as texts are sentences for the log, without personal data.
class Adapter {
 public:
  Adapter() = default;
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;
  virtual ~Adapter() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  ///< "twilio".

  // --- Hooks ---
  [[nodiscard]] virtual std::expected<void, Forged> verify(const HookRequest& request,
                                                           const Line& line, Instant now) const = 0;
  /// Only after `verify`.
  [[nodiscard]] virtual std::expected<Hook, std::string> parse(
      const HookRequest& request) const = 0;
  /// The account the request names, believed by nobody yet: to choose the line to verify with.
  /// Empty if it names none.
  [[nodiscard]] virtual std::string recipient_account(const HookRequest& request) const;

  struct Reply {
    unsigned status = 200;
    std::string type, body;
  };
  /// What the provider wants to hear about a hook that was taken, the same for a repeated one.
  [[nodiscard]] virtual Reply reply() const;

  // --- Sending ---
  [[nodiscard]] virtual ApiCall send(const Line& line, const Outgoing& message,
                                     Instant now) const = 0;
  [[nodiscard]] virtual SendAnswer read_send(const ApiAnswer& answer) const = 0;
  /// True if the same message may be sent twice and is taken once. `read_send` then never says
  /// unknown, and there is nothing to look up.
  [[nodiscard]] virtual bool repeats_safely() const { return false; }

  // --- What was missed ---
  /// Inbound messages since then, by the provider's clock; nothing if it has no such list. Pages
  /// may hold more than was asked for: the caller asks from a little earlier, drops known ids and
  /// bounds the number of pages.
  [[nodiscard]] virtual std::optional<ApiCall> list(const Line& line, Instant since,
                                                    Instant now) const;
  [[nodiscard]] virtual std::expected<Listed, std::string> read_list(const Line& line,
                                                                     const ApiAnswer& answer,
                                                                     Instant since,
                                                                     Instant now) const;
  /// The media of a listed text with `unlisted_media`.
  [[nodiscard]] virtual std::optional<ApiCall> list_media(const Line& line,
                                                          const InboundText& text) const;
  [[nodiscard]] virtual std::expected<std::vector<MediaLink>, std::string> read_media(
      const Line& line, const ApiAnswer& answer) const;

  /// Did the provider take this message, whose sending at `since` was interrupted? Nothing if it
  /// cannot be asked. Asking earlier than `settling_time` after the attempt proves no absence.
  [[nodiscard]] virtual std::optional<ApiCall> look_up(const Line& line, const Outgoing& message,
                                                       Instant since, Instant now) const;
  [[nodiscard]] virtual std::expected<Found, std::string> read_look_up(const Line& line,
                                                                       const Outgoing& message,
                                                                       const ApiAnswer& answer,
                                                                       Instant since) const;
  [[nodiscard]] virtual Duration settling_time() const { return minutes(1); }

  /// What to add when fetching media: authorisation, and only for the provider's own host. Not to
  /// be repeated to where that host redirects.
  [[nodiscard]] virtual Headers media_headers(const Line& line, std::string_view url) const;
};

/// Null if there is none of that name.
[[nodiscard]] const Adapter* find_adapter(std::string_view name);
[[nodiscard]] std::span<const std::string_view> adapter_names();

}  // namespace deskwire::sms
