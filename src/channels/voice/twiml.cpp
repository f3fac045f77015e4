// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/twiml.hpp"

#include "deskwire/base/utf8.hpp"

namespace deskwire::voice {
namespace {

/// How long Twilio goes on listening for a key after the last sound.
constexpr std::string_view kListenOn = "1";

/// XML 1.0 §2.2.
bool is_xml_char(char32_t c) {
  return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

std::string attribute(std::string_view name, std::string_view value) {
  return std::string(" ").append(name).append("=\"").append(escape_xml(value)).append("\"");
}

std::string posted_to(std::string_view url) {
  return attribute("action", url) + attribute("method", "POST");
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint at = first_code_point(text);
    const std::string_view bytes = text.substr(0, at.bytes);
    text.remove_prefix(at.bytes);
    if (!at.valid() || !is_xml_char(at.value)) continue;
    switch (at.value) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += bytes;
    }
  }
  return out;
}

Twiml& Twiml::element(std::string_view name, std::string_view attributes,
                      std::string_view content) {
  verbs_.append("<").append(name).append(attributes);
  if (content.empty())
    verbs_.append("/>");
  else
    verbs_.append(">").append(content).append("</").append(name).append(">");
  return *this;
}

Twiml& Twiml::say(std::string_view text) {
  if (text.empty()) return *this;
  return element("Say", attribute("language", language_), escape_xml(text));
}

Twiml& Twiml::play(std::string_view url) { return element("Play", {}, escape_xml(url)); }

Twiml& Twiml::pause(std::chrono::seconds length) {
  return element("Pause", attribute("length", std::to_string(length.count())), {});
}

Twiml& Twiml::redirect(std::string_view url) {
  return element("Redirect", attribute("method", "POST"), escape_xml(url));
}

Twiml& Twiml::hang_up() { return element("Hangup", {}, {}); }

Twiml& Twiml::gather(std::string_view action, const Twiml& inside) {
  return element("Gather",
                 attribute("input", "dtmf") + attribute("numDigits", "1") +
                     attribute("timeout", kListenOn) + posted_to(action),
                 inside.verbs_);
}

Twiml& Twiml::record(std::string_view action, std::chrono::seconds most) {
  return element("Record",
                 attribute("maxLength", std::to_string(most.count())) +
                     attribute("playBeep", "true") + attribute("finishOnKey", "#") +
                     posted_to(action),
                 {});
}

Twiml& Twiml::dial(const Dial& dial) {
  const std::string told = attribute("statusCallbackEvent", "answered") +
                           attribute("statusCallback", dial.answered) +
                           attribute("statusCallbackMethod", "POST");
  const std::string_view noun =
      dial.to.starts_with("sip:") || dial.to.starts_with("sips:") ? "Sip" : "Number";
  Twiml inside(language_);
  inside.element(noun, told, escape_xml(dial.to));
  return element("Dial",
                 attribute("timeout", std::to_string(dial.ring_for.count())) +
                     attribute("callerId", dial.caller_id) + posted_to(dial.action),
                 inside.verbs_);
}

std::string Twiml::str() const {
  return R"(<?xml version="1.0" encoding="UTF-8"?><Response>)" + verbs_ + "</Response>";
}

}  // namespace deskwire::voice
