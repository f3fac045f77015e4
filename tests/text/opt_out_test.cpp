// SPDX-License-Identifier: Apache-2.0
// A word that stands alone is a wish; the same word in a sentence is a message.
#include <catch2/catch.hpp>
#include <string>

#include "text/opt_out.hpp"

using deskwire::text::OptOut;
using deskwire::text::read_opt_out;

namespace {

void all_mean(OptOut meaning, std::initializer_list<const char*> texts) {
  for (const auto* text : texts) {
    INFO(text);
    CHECK(read_opt_out(text) == meaning);
  }
}

}  // namespace

TEST_CASE("a word of the stop family alone is a stop") {
  all_mean(OptOut::stop, {"STOP", "stop", " Stop ", "STOP ALL", "stopall", "UNSUBSCRIBE", "cancel",
                          "End", "QUIT", "Revoke", "OPTOUT", "opt-out", "Opt out", "REMOVE", "TD"});
}

TEST_CASE("punctuation, blanks and quotes around a word do not matter") {
  all_mean(OptOut::stop, {"Stop.", "STOP!!!", "stop…", "“STOP”", "\"stop\"", "stop \r\n", "*stop*",
                          "ＳＴＯＰ！", "\xC2\xA0STOP\xE2\x80\x8B", "«STOP»", "stop  all"});
}

TEST_CASE("words of other languages, with marks and without") {
  all_mean(OptOut::stop, {"STOPP", "abmelden", "ARRET", "Arrêt", "ARRÊTE", "arre\u0302t", "Baja.",
                          "¡Alto!", "DUNG", "Dừng", "DỪNG", "HUY", "Hủy", "HUỶ", "từ chối",
                          "TU CHOI", "退订", "退訂。", "取消訂閱"});
  all_mean(OptOut::help, {"Hilfe!", "AIDE", "¿Ayuda?", "TRỢ GIÚP", "tro giup", "帮助"});
  all_mean(OptOut::start, {"anmelden", "Đăng ký", "DANG KY", "订阅"});
}

TEST_CASE("a word of the start family alone is a start, and of the help family a help") {
  all_mean(OptOut::start, {"START", "Unstop", "yes"});
  all_mean(OptOut::help, {"HELP", "info", "Help?"});
}

TEST_CASE("a message that contains a word is a message") {
  all_mean(OptOut::none, {"STOP PLEASE",
                          "Please cancel",
                          "PLEASE STOP",
                          "stop it",
                          "the end",
                          "stopped",
                          "non",
                          "Can you help me?",
                          "s t o p",
                          "stop 1",
                          "STOP\nI mean it",
                          "đúng",
                          "Đúng.",
                          "dùng",
                          "đừng",
                          "help: my parcel",
                          "",
                          " ",
                          "...",
                          "?",
                          "\xff\xfe",
                          "STOP🛑",
                          "no"});
  CHECK(read_opt_out("stop" + std::string(1000, ' ')) == OptOut::none);
  CHECK(read_opt_out(std::string(1'000'000, '!')) == OptOut::none);
}
