// SPDX-License-Identifier: Apache-2.0
// A desk with two mailboxes that takes mails apart, for the tests of the mail edge.
#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "auth/mail_keys.hpp"
#include "channels/email/inbound.hpp"
#include "storage/memory/memory_store.hpp"

namespace deskwire::email::test {

struct Desk {
  KeyHasher hasher{KeyHasher::Secret{4, 2}};
  MemoryStore store;
  std::shared_ptr<const Mailboxes> mailboxes =
      std::make_shared<const Mailboxes>(std::vector<Mailbox>{{.channel = {1},
                                                              .name = "support",
                                                              .address = "support@demo.test",
                                                              .display_name = "Demo",
                                                              .aliases = {}},
                                                             {.channel = {2},
                                                              .name = "billing",
                                                              .address = "billing@demo.test",
                                                              .display_name = "",
                                                              .aliases = {}}},
                                        hasher);
  Inbound inbound{{.trusted_authserv_ids = {"mx.demo.test"}, .forwarders = {}},
                  mailboxes,
                  hasher,
                  store.blobs()};
  Envelope envelope{.mail_from = "ann@customer.test",
                    .rcpt_to = {"support@demo.test"},
                    .helo = "customer.test",
                    .remote_ip = "192.0.2.1",
                    .received_at = {1'700'000'000'000}};

  ReceiveMessage take(std::string_view raw) const {
    return std::get<ReceiveMessage>(inbound.command(envelope, raw).body);
  }
};

/// Lines become CRLF lines.
inline std::string crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

}  // namespace deskwire::email::test
