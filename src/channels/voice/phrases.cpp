// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/phrases.hpp"

namespace deskwire::voice {
namespace {

constexpr Phrases kEnglish{
    .next = "You are next.",
    .place = "You are number {} in line.",
    .may_be_called_back = "Press 1 to be called back.",
    .may_leave_message = "Press 2 to leave a message.",
    .will_be_called_back = "Thank you. We will call you back. Goodbye.",
    .speak = "Please speak after the tone. Press the hash key when you are done.",
    .message_kept = "Thank you, we have your message. Goodbye.",
    .closed = "Thank you for calling. We are closed at the moment.",
    .goodbye = "Thank you for calling. Goodbye.",
};

constexpr Phrases kGerman{
    .next = "Sie sind als Nächstes an der Reihe.",
    .place = "Sie sind auf Platz {} der Warteschlange.",
    .may_be_called_back = "Drücken Sie die 1, wenn wir Sie zurückrufen sollen.",
    .may_leave_message = "Drücken Sie die 2, um eine Nachricht zu hinterlassen.",
    .will_be_called_back = "Vielen Dank. Wir rufen Sie zurück. Auf Wiederhören.",
    .speak = "Bitte sprechen Sie nach dem Ton und drücken Sie am Ende die Rautetaste.",
    .message_kept = "Vielen Dank, Ihre Nachricht ist angekommen. Auf Wiederhören.",
    .closed = "Vielen Dank für Ihren Anruf. Wir haben zurzeit geschlossen.",
    .goodbye = "Vielen Dank für Ihren Anruf. Auf Wiederhören.",
};

constexpr Phrases kVietnamese{
    .next = "Quý khách là người tiếp theo.",
    .place = "Quý khách đang ở vị trí số {} trong hàng chờ.",
    .may_be_called_back = "Nhấn phím 1 để chúng tôi gọi lại cho quý khách.",
    .may_leave_message = "Nhấn phím 2 để để lại lời nhắn.",
    .will_be_called_back = "Xin cảm ơn. Chúng tôi sẽ gọi lại cho quý khách. Xin chào.",
    .speak = "Vui lòng nói sau tiếng bíp. Nhấn phím thăng khi quý khách nói xong.",
    .message_kept = "Xin cảm ơn, chúng tôi đã nhận được lời nhắn. Xin chào.",
    .closed = "Cảm ơn quý khách đã gọi. Hiện tại ngoài giờ làm việc của chúng tôi.",
    .goodbye = "Cảm ơn quý khách đã gọi. Xin chào.",
};

}  // namespace

const Phrases& phrases(std::string_view language) {
  const std::string_view primary = language.substr(0, language.find('-'));
  if (primary == "de") return kGerman;
  if (primary == "vi") return kVietnamese;
  return kEnglish;
}

std::string place_in_line(const Phrases& phrases, std::uint32_t place) {
  std::string out(phrases.place);
  const auto at = out.find("{}");
  return out.replace(at, 2, std::to_string(place));
}

}  // namespace deskwire::voice
