// SPDX-License-Identifier: Apache-2.0
// The workflow's language: `when` expressions over ticket, message and customer facts, type-checked
// and compiled once at load.
//   or, and, not, == != < <= > >=, in [..], has, contains, matches, parentheses, strings, integers,
//   durations (90s 15m 8h 2d), lists
// Evaluation allocates nothing outside the Matcher.
#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace deskwire {

/// A user-given pattern behind `matches`; `config` implements it with RE2.
class Matcher {
 public:
  virtual ~Matcher() = default;
  [[nodiscard]] virtual bool matches(std::string_view text) const = 0;
};

/// Makes Matchers at load; a refused pattern comes back as its error text.
class MatcherFactory {
 public:
  virtual ~MatcherFactory() = default;
  virtual std::expected<std::shared_ptr<const Matcher>, std::string> compile(
      std::string_view pattern) const = 0;
};

enum class FactType : std::uint8_t { text, number, boolean, list };

/// The facts a rule may ask for. Text comparison is exact; `contains` and `has` ignore ASCII case.
enum class Fact : std::uint8_t {
  channel,                // text: email, sms, voice, chat
  channel_name,           // text
  message_subject,        // text
  message_text,           // text
  message_any,            // text: subject, a newline and the text ("any text with …")
  message_from,           // text: sender address
  message_from_domain,    // text
  message_to,             // list of our and other recipients' addresses
  message_language,       // text
  message_machine,        // boolean
  message_authenticated,  // boolean
  message_size,           // number, bytes
  message_attachments,    // number
  ticket_priority,        // text
  ticket_queue,           // text
  ticket_tags,            // list
  customer_tier,          // number
  customer_known,         // boolean: seen before this message
};

struct FactInfo {
  std::string_view name;  ///< As written in the policy: "message.subject".
  FactType type;
};
/// By enum order; the configuration reference is printed from it.
std::span<const FactInfo> fact_table();

/// Values for one evaluation; views must outlive it. Unset texts are empty, unset numbers 0.
struct Facts {
  std::array<std::string_view, 32> text{};
  std::array<std::int64_t, 32> number{};  // booleans as 0/1
  std::array<std::span<const std::string_view>, 32> list{};

  void set(Fact f, std::string_view v) { text[static_cast<std::size_t>(f)] = v; }
  void set(Fact f, std::int64_t v) { number[static_cast<std::size_t>(f)] = v; }
  void set(Fact f, std::span<const std::string_view> v) { list[static_cast<std::size_t>(f)] = v; }
};

struct ExprError {
  std::uint32_t offset = 0;  ///< Byte offset into the expression.
  std::string found;
  std::string expected;
};

/// A compiled expression; cheap to copy (shared, immutable).
class Program {
 public:
  struct Impl;
  Program() = default;  ///< Matches everything.
  explicit Program(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] bool matches(const Facts& facts) const;
  [[nodiscard]] bool always() const { return impl_ == nullptr; }
  /// Null where it matches everything.
  [[nodiscard]] const Impl* impl() const { return impl_.get(); }

 private:
  std::shared_ptr<const Impl> impl_;
};

/// All errors of one expression, at least one on failure. Nesting is limited to 64, length to 16
/// KiB.
std::expected<Program, std::vector<ExprError>> compile(std::string_view source,
                                                       const MatcherFactory& matchers);

}  // namespace deskwire
