// SPDX-License-Identifier: Apache-2.0
#include "channels/email/mailboxes.hpp"

#include <catch2/catch.hpp>

#include "auth/mail_keys.hpp"

using namespace deskwire;
using namespace deskwire::email;

namespace {
struct Fixture {
  KeyHasher hasher{KeyHasher::Secret{1, 2, 3}};
  Mailboxes mailboxes{{{.channel = {1},
                        .name = "support",
                        .address = "Support@Demo.test",
                        .display_name = "Help",
                        .aliases = {"help@demo.test"}},
                       {.channel = {2},
                        .name = "billing",
                        .address = "billing@demo.test",
                        .display_name = "",
                        .aliases = {}}},
                      hasher};
};
}  // namespace

TEST_CASE_METHOD(Fixture,
                 "a mailbox is found by its address and aliases in any case, a stranger is not") {
  CHECK(mailboxes.find("SUPPORT@demo.TEST")->mailbox->channel == ChannelId{1});
  CHECK(mailboxes.find("help@demo.test")->mailbox->channel == ChannelId{1});
  CHECK(mailboxes.find("billing+anything@demo.test")->mailbox->channel == ChannelId{2});
  CHECK_FALSE(mailboxes.find("sales@demo.test"));
  CHECK_FALSE(mailboxes.find("support@demo.test.evil.test"));
  CHECK_FALSE(mailboxes.find(""));
  CHECK_FALSE(mailboxes.find("support"));
}

TEST_CASE_METHOD(Fixture, "a recipient's token names the ticket or the bounced message") {
  const auto reply = mailboxes.find("support+" + ticket_token(hasher, {1042}) + "@demo.test");
  REQUIRE(reply);
  CHECK(reply->ticket == TicketId{1042});
  const auto bounce = mailboxes.find("support+" + bounce_token(hasher, {9}) + "@demo.test");
  REQUIRE(bounce);
  CHECK(bounce->bounced == MessageId{9});
  const auto forged = mailboxes.find("support+t1042.aaaaaaaaaaaaaaaa@demo.test");
  REQUIRE(forged);
  CHECK(forged->forged);
  CHECK_FALSE(forged->ticket);
}
