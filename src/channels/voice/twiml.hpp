// SPDX-License-Identifier: Apache-2.0
// Instructions for Twilio about a call, as XML (twilio.com/docs/voice/twiml). Pure; whatever goes
// in, the document is well-formed.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace deskwire::voice {

/// For text and for attribute values in double quotes. Characters that XML 1.0 has no place for go.
[[nodiscard]] std::string escape_xml(std::string_view text);

/// Verbs in the order in which Twilio follows them.
class Twiml {
 public:
  explicit Twiml(std::string language) : language_(std::move(language)) {}

  Twiml& say(std::string_view text);
  Twiml& play(std::string_view url);
  Twiml& pause(std::chrono::seconds length);
  Twiml& redirect(std::string_view url);
  Twiml& hang_up();
  /// One key, pressed while `inside` is heard.
  Twiml& gather(std::string_view action, const Twiml& inside);
  Twiml& record(std::string_view action, std::chrono::seconds most);

  struct Dial {
    std::string_view to;         ///< E.164 or "sip:…".
    std::string_view caller_id;  ///< Our number.
    std::string_view action;     ///< Asked once it is over.
    std::string_view answered;   ///< Told when they pick up.
    std::chrono::seconds ring_for{20};
  };
  Twiml& dial(const Dial& dial);

  /// The whole document.
  [[nodiscard]] std::string str() const;

 private:
  Twiml& element(std::string_view name, std::string_view attributes, std::string_view content);

  std::string language_;
  std::string verbs_;
};

}  // namespace deskwire::voice
