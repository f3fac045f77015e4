// SPDX-License-Identifier: Apache-2.0
// Keys of numbers for text messages.
#include "config/tables_channels.hpp"

namespace deskwire::config {
namespace {

/// A key that only some gateways need.
void need(Reader& reader, const Node& node, const char* key, const std::string& what) {
  if (node.find(key) != nullptr) return;
  const Reader::Step step(reader, key, node.place);
  reader.fail(node.place, "nothing", what);
}

void check_gateway(Reader& reader, const Node& node, SmsSpec& sms) {
  if (sms.gateway == "twilio" || sms.gateway == "vonage")
    need(reader, node, "account", "the account's id, which " + sms.gateway + " asks for");
  if (sms.gateway == "telnyx")
    need(reader, node, "hook_secret", "the public key that telnyx signs hooks with");
  if (sms.gateway == "generic")
    need(reader, node, "api_base", "http(s)://host[:port] of what sends for a generic gateway");
}

Section<SmsSpec> with_provider(Section<SmsSpec> table) {
  table
      .add("gateway", &SmsSpec::gateway, one_of({"twilio", "vonage", "telnyx", "generic"}),
           required(), "The provider; generic is a bridge that speaks our signed JSON.")
      .add("api_base", &SmsSpec::api_base, origin(), optional(),
           "Another API host than the provider's, for tests; required for generic.")
      .add("account", &SmsSpec::account, word(), optional(),
           "The provider's account id; required for twilio and vonage.")
      .add("key", &SmsSpec::key, text(), optional(),
           "The API key's id where the provider has one; the token is its secret then.")
      .add("token", &SmsSpec::tokens, secrets(), required(),
           "Signs API calls (the first) and verifies hooks (all).")
      .add("hook_secret", &SmsSpec::hook_secrets, secrets(), optional(),
           "Verifies hooks instead of the token: a signature secret or a public key; required for "
           "telnyx.")
      .add("messaging_service", &SmsSpec::messaging_service, word(), optional(),
           "The provider's pool that sends, instead of the number itself.")
      .check(check_gateway);
  return table;
}

}  // namespace

const Section<SmsSpec>& sms_table() {
  static const auto table = with_routing(
      with_provider(
          Section<SmsSpec>("A number for text messages.")
              .add("name", &SmsSpec::name, defines("channel"), required(), "The channel's name.")
              .add("number", &SmsSpec::number, defines("number", phone_number()), required(),
                   "E.164."))
          .add("help_reply", &SmsSpec::help_reply, text(320), optional(),
               "Sent once to a customer who asks for HELP; unset: agents answer.")
          .add("max_media", &SmsSpec::max_media_bytes, size(0, 100 * kMiB), standard("10MiB"),
               "One attachment that is fetched from the provider; 0: none are.")
          .add("region", &SmsSpec::region, region(), optional(),
               "How numbers without +… are read; the desk's if unset."));
  return table;
}

}  // namespace deskwire::config
