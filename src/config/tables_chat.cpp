// SPDX-License-Identifier: Apache-2.0
// Keys of web chats.
#include "config/tables_channels.hpp"
#include "deskwire/base/quantity.hpp"

namespace deskwire::config {
namespace {

/// A warning that comes after the end warns nobody. One that was not written moves before it.
void check_idle(Reader& reader, const Node& node, ChatSpec& chat) {
  constexpr Duration kOff{};
  if (chat.idle_close == kOff || chat.idle_warning < chat.idle_close) return;
  const auto* entry = node.find("idle_warning");
  if (entry == nullptr) {
    chat.idle_warning = chat.idle_close / 2;
    return;
  }
  const Reader::Step step(reader, "idle_warning", entry->value->place);
  reader.fail(entry->value->place, format_duration(chat.idle_warning),
              "less than idle_close, which is " + format_duration(chat.idle_close));
}

Section<ChatSpec> with_form(Section<ChatSpec> table) {
  table
      .add("greeting", &ChatSpec::greeting, text(500), optional(),
           "What a visitor reads first, before anyone writes.")
      .add("ask_for", &ChatSpec::ask_for, list_of(one_of({"name", "email"}), 2), standard("[]"),
           "Fields of a form before the chat.")
      .add("hours", &ChatSpec::calendar, refers_to("calendar"), optional(),
           "When agents answer; unset: always.")
      .add("closed_message", &ChatSpec::closed_message, text(500), optional(),
           "What a visitor reads outside these hours.")
      .add("identity_secret", &ChatSpec::identity_secrets, secrets(), optional(),
           "At least 16 bytes. The site signs who its user is with the first; all verify.");
  return table;
}

/// What happens when the visitor is silent or gone, and what one visitor may send.
Section<ChatSpec> with_limits(Section<ChatSpec> table) {
  table
      .add("idle_warning", &ChatSpec::idle_warning, duration(seconds(0), days(1)), standard("5m"),
           "A silent visitor is asked whether they are there; 0s: never. Unless set, half way to "
           "an idle_close that is shorter.")
      .add("idle_close", &ChatSpec::idle_close, duration(seconds(0), days(7)), standard("10m"),
           "The chat ends so long after the visitor's last sign of life; 0s: never.")
      .add("answer_by_mail", &ChatSpec::mailbox, refers_to("mailbox"), optional(),
           "The email channel that carries answers to visitors who have left and gave an address; "
           "unset: answers wait in the chat.")
      .add("mail_after", &ChatSpec::mail_after, duration(seconds(0), days(1)), standard("2m"),
           "How long a visitor must be gone for that.")
      .add("max_upload", &ChatSpec::max_upload_bytes, size(0, 100 * kMiB), standard("10MiB"),
           "One file of a visitor; 0: none.")
      .add("messages_per_minute", &ChatSpec::messages_per_minute, integer(1, 10'000),
           standard("240"), "A visitor's; more are refused for a while.")
      .check(check_idle);
  return table;
}

}  // namespace

const Section<ChatSpec>& chat_table() {
  static const auto table = with_routing(with_limits(
      with_form(Section<ChatSpec>("A chat on a web site.")
                    .add("name", &ChatSpec::name, defines("channel"), required(),
                         "In the socket's path: /chat/NAME.")
                    .add("allowed_origins", &ChatSpec::allowed_origins, list_of(origin(), 100),
                         standard("[]"), "Sites that may show it; the public URL always may."))));
  return table;
}

}  // namespace deskwire::config
